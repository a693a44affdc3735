"""Takes out of what people write by which they could be reached: addresses of mail and numbers of telephones."""

import re

TAKEN_OUT = "[…]"
AT = r"\s?(?:@|\(at\)|\[at\]|\(arobase\)|\[arobase\]|\sarobase\s)\s?"
MAIL = re.compile(rf"[\w.+'-]{{1,64}}{AT}[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}", re.IGNORECASE)
# Nine digits and more, with what people put between them: neither a day nor a number on a lamp post is so long.
TELEPHONE = re.compile(r"\(?\+?\(?\d(?:[ \t.\-/()\u00a0\u202f]{0,3}\d){8,}")


def scrub(text: str) -> str:
    """Give a text without addresses of mail and numbers of telephones; what they were is not kept.

    Names cannot be told from other words and stay: forms ask to leave them out.
    """
    return TELEPHONE.sub(TAKEN_OUT, MAIL.sub(TAKEN_OUT, text))
