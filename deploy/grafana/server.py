"""A Grafana server through grafana-client: what is there is read, what is absent is None, errors become sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import niquests
from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaUnauthorizedError

from deploy.errors import SettingError
from deploy.grafana.target import Target

Json = dict[str, Any]  # Any: what Grafana answers
SOURCE_UID = "vigie"


class GrafanaError(SettingError):
    """Grafana does not answer or refuses us."""


class Server:
    """The server, or with an organisation's number that organisation on it."""

    def __init__(self, target: Target, organisation_id: int | None = None) -> None:
        address = urlsplit(target.url)
        self.target = target
        self.api: Any = GrafanaApi(  # Any: the library is not typed
            (target.user, target.password),
            host=address.hostname,
            port=address.port,
            protocol=address.scheme,
            url_path_prefix=f"{address.path.strip('/')}/" if address.path.strip("/") else "",
            organization_id=organisation_id,
        )

    def find_organisation(self, name: str) -> int | None:
        """Give the number of an organisation by its name."""
        found = self.absent_as_none(self.api.organization.find_organization, name)
        return None if found is None else int(found["id"])

    def create_organisation(self, name: str) -> int:
        """Make an organisation; we become its administrator."""
        with self.sentences():
            return int(self.api.organization.create_organization(name)["orgId"])

    def find_source(self) -> Json | None:
        """Give Vigie's data source of this organisation; its password is never told."""
        return self.absent_as_none(self.api.datasource.get_datasource_by_uid, SOURCE_UID)

    def save_source(self, source: Json, *, is_new: bool) -> None:
        """Write the data source; without a password in it the one that Grafana holds stays."""
        with self.sentences():
            if is_new:
                self.api.datasource.create_datasource(source)
            else:
                self.api.datasource.update_datasource_by_uid(SOURCE_UID, source)

    def has_folder(self, uid: str) -> bool:
        """Is there a folder with this uid?"""
        return self.absent_as_none(self.api.folder.get_folder, uid) is not None

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        with self.sentences():
            self.api.folder.create_folder(title, uid)

    def find_dashboard(self, uid: str) -> Json | None:
        """Give the model of a dashboard."""
        found = self.absent_as_none(self.api.dashboard.get_dashboard, uid)
        return None if found is None else dict(found["dashboard"])

    def save_dashboard(self, model: Json, folder_uid: str) -> None:
        """Write a dashboard over what is there."""
        with self.sentences():
            self.api.dashboard.update_dashboard(
                {"dashboard": model, "folderUid": folder_uid, "overwrite": True, "message": "vigie grafana push"}
            )

    def find_rules(self, folder_uid: str, group: str) -> Json | None:
        """Give a group of alert rules."""
        found = self.absent_as_none(self.api.alertingprovisioning.get_rule_group, folder_uid, group)
        return found if found and found.get("rules") else None

    def save_rules(self, folder_uid: str, group: str, rules: Json) -> None:
        """Write a group of alert rules over what is there; the page of Grafana then shows them as not to be edited."""
        with self.sentences():
            self.api.alertingprovisioning.update_rule_group(folder_uid, group, rules)

    def absent_as_none(self, ask: Any, *names: str) -> Json | None:
        """Ask for something by its names; 404 means that it is not there."""
        with self.sentences():
            try:
                return dict(ask(*names))
            except GrafanaClientError as error:
                if error.status_code != 404:
                    raise
                return None

    @contextmanager
    def sentences(self) -> Iterator[None]:
        """Turn the library's errors into one sentence that names the server, never the password."""
        try:
            yield
        except GrafanaUnauthorizedError as error:
            raise GrafanaError(
                f"Grafana at {self.target.url} refuses the user {self.target.user}: an administrator of the whole "
                "server is needed, with name and password (a token cannot make organisations)"
            ) from error
        except GrafanaException as error:
            raise GrafanaError(f"Grafana at {self.target.url} refuses: {error.message}") from error
        except niquests.exceptions.RequestException as error:
            raise GrafanaError(f"no Grafana answers at {self.target.url}") from error
