"""The built-in page: sources in `src`, built by `deploy.page` into `static`, served from memory."""

from api.page.assets import mount as mount
