import json
import os
from pathlib import Path
from typing import TypeVar

from entente_client import AuthenticatedClient
from entente_client.api.agreements import (
    aggregate_agreements,
    create_agreement,
    delete_agreement,
    export_agreements,
    get_agreement,
    list_agreements,
    search_agreements,
    update_agreement,
)
from entente_client.api.registry import list_changes
from entente_client.models import (
    Aggregate,
    Agreement,
    AgreementField,
    AgreementFormat,
    AgreementGroupBy,
    AgreementInput,
    AgreementPage,
    AgreementPatch,
    AgreementSearch,
    AgreementSort,
    FeedPage,
    Problem,
    ResourceName,
)
from entente_client.types import UNSET, File, Unset

client = AuthenticatedClient(
    base_url=os.environ.get("REGISTRY_URL", "http://127.0.0.1:3000"), token=os.environ["REGISTRY_KEY"]
)

T = TypeVar("T")


def expect(expected: type[T], response: object) -> T:
    """Returns the response if it is of the expected class. Otherwise raises an error, with the detail if it is a problem."""
    if isinstance(response, expected):
        return response
    raise RuntimeError(response.detail if isinstance(response, Problem) else f"unexpected: {response}")


# List the agreements of three countries that were signed in 2011, and read all pages.
listed: list[object] = []
ids = []
cursor: str | None | Unset = UNSET
while cursor is not None:
    page = expect(
        AgreementPage,
        list_agreements.sync(
            client=client,
            signed_ongte="2011",
            signed_onlte="2011-12",
            country=["PAK", "USA", "DEU"],
            sort=[AgreementSort.SIGNEDON],
            limit=2,
            cursor=cursor,
        ),
    )
    listed += [agreement.signed_on for agreement in page.data]
    ids += [agreement.id for agreement in page.data if not isinstance(agreement.id, Unset)]
    cursor = page.page.next_

# Read one agreement.
read = expect(Agreement, get_agreement.sync(ids[0], client=client))

# Create an agreement, and update it, with the version from the response in `If-Match`.
created = expect(
    Agreement,
    create_agreement.sync(
        client=client,
        body=AgreementInput.from_dict(
            {
                "title": "Created by a client",
                "kind": "agreement",
                "place": "Kathmandu",
                "parties": [{"country": "NPL", "role": "party"}],
            }
        ),
    ),
)
signed = AgreementPatch.from_dict({"status": "signed"})
tag = f'"{created.version}"'
patched = expect(Agreement, update_agreement.sync(created.id, client=client, body=signed, if_match=tag))

# Update it again with the old version: 412.
again = update_agreement.sync_detailed(created.id, client=client, body=signed, if_match=tag)
stale = expect(Problem, again.parsed)

# Clear a property with null.
cleared = expect(
    Agreement,
    update_agreement.sync(
        created.id, client=client, body=AgreementPatch(place=None), if_match=f'"{patched.version}"'
    ),
)

# Delete the agreement.
removal = delete_agreement.sync_detailed(
    created.id, client=client, if_match=f'"{cleared.version}"'
)

# Search with a tree of conditions.
found = expect(
    AgreementPage,
    search_agreements.sync(
        client=client,
        body=AgreementSearch.from_dict(
            {
                "where": {
                    "or": [
                        {"country": {"eq": "PAK"}},
                        {"and": [{"signedOn": {"gte": "2011-05"}}, {"not": {"country": {"eq": "USA"}}}]},
                    ]
                },
                "sort": [{"by": "signedOn"}],
                "limit": 25,
            }
        ),
    ),
)

# Count by country.
counted = expect(
    Aggregate,
    aggregate_agreements.sync(
        client=client, group_by=[AgreementGroupBy.COUNTRY], signed_ongte="2011"
    ),
)

# Export to a file.
file = expect(
    File,
    export_agreements.sync(
        client=client,
        format_=AgreementFormat.CSV,
        country=["PAK"],
        fields=[AgreementField.TITLE, AgreementField.SIGNEDON],
    ),
)
content: bytes = file.payload.read()
Path("agreements.csv").write_bytes(content)

# Read the feed of changes.
changes = expect(
    FeedPage, list_changes.sync(client=client, resource=[ResourceName.AGREEMENTS], limit=3)
)

# Create an invalid agreement, and read from the problem which property is wrong.
wrong = AgreementInput.from_dict({"title": "Refused", "kind": "agreement", "topics": ["no-such-topic"]})
refused = expect(Problem, create_agreement.sync(client=client, body=wrong))

print(
    json.dumps(
        {
            "listed": listed,
            "read": read.signed_on,
            "created": created.version,
            "patched": patched.version,
            "stale": [int(again.status_code), stale.type_],
            "cleared": [cleared.version, cleared.place],
            "removed": int(removal.status_code),
            "found": [agreement.signed_on for agreement in found.data],
            "counted": {group.key["country"]: group.measures["count"] for group in counted.data},
            "exported": content.decode().split("\r\n")[0],
            "changes": [change.operation for change in changes.data],
            "refused": [fault.pointer for fault in refused.errors or []],
        }
    )
)
