"""A mail (RFC 5322) by the mail server of the settings (RFC 5321); the same message number is the same Message-ID."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from analytics.alert.carrier import Carrier, MailServer
from analytics.alert.letter import Letter
from analytics.webhook.sending import PATIENCE_S
from store.alert_messages import Channel

TAKEN = 250
PRIORITY = {"info": "5", "warning": "3", "urgent": "1", "critical": "1"}


def send(letter: Letter, channel: Channel, carrier: Carrier) -> int:
    """Hand the mail over, and give the SMTP status; what the server refused keeps its own."""
    server = carrier.mail_server
    if server is None:
        raise ValueError("no mail server: set VIGIE_MAIL_URL")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = letter.subject, carrier.mail_from, channel.address
    mail["Date"], mail["Message-ID"] = formatdate(localtime=False), f"<alert-{letter.message_id}@vigie>"
    mail["X-Priority"], mail["Auto-Submitted"] = PRIORITY[letter.severity], "auto-generated"
    mail.set_content(letter.text)
    try:
        with opened(server) as session:
            session.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        return next(iter(error.recipients.values()))[0]
    except smtplib.SMTPResponseException as error:
        return int(error.smtp_code)
    return TAKEN


def opened(server: MailServer) -> smtplib.SMTP:
    """Open a session; certificates are checked against those that the machine trusts."""
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_S, context=context)
    else:
        session = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
    try:
        if server.scheme == "smtp+tls":
            session.starttls(context=ssl.create_default_context())
        if server.user:
            session.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        session.close()
        raise
    return session
