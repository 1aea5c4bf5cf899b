"""The README's walk with the library that openapi-python-client makes of docs/openapi.json.

    walk.py PRODUCT        PRODUCT is the binary behind `cargo local`; the library is installed
"""

import importlib
import pkgutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from product import link_in, product  # noqa: E402

import glueconnect_client.api  # noqa: E402
from glueconnect_client import AuthenticatedClient, Client, models  # noqa: E402
from glueconnect_client.api.access import check_access  # noqa: E402
from glueconnect_client.api.invitations import accept_invitation  # noqa: E402
from glueconnect_client.api.organizations import list_organizations, show_organization  # noqa: E402
from glueconnect_client.api.sessions import sign_in  # noqa: E402
from glueconnect_client.api.users import invite_users, list_users, update_user  # noqa: E402


def modules():
    """Every module of the library can be loaded, so every operation is there."""
    found = pkgutil.walk_packages(glueconnect_client.api.__path__, "glueconnect_client.api.")
    names = [module.name for module in found if not module.ispkg]
    for name in names:
        importlib.import_module(name)
    return len(names)


def walk(running):
    nobody = Client(base_url=running.api)
    signed_in = sign_in.sync(client=nobody, body=models.SignInRequest.from_dict({"data": {
        "type": "sessions",
        "attributes": {"subdomain": "acme", "email": "mara@acme.example", "password": "glueconnect demo"},
    }}))
    mara = AuthenticatedClient(base_url=running.api, token=signed_in.data.attributes.access_token)

    found = list_organizations.sync(client=mara, filtername=["Bluebird Bakery"])
    bakery = found.data[0]
    print("organization:", bakery.attributes.name)
    print("shown alone:", show_organization.sync(bakery.id, client=mara).data.attributes.name)

    addresses = [f"{name}@bluebird.example" for name in ("ann", "ben", "cy")]
    reach = {"organizations": {"data": [{"type": "organizations", "id": bakery.id}]}}
    rows = [
        {"type": "users", "attributes": {"email": email, "role-name": "Lite"}, "relationships": reach}
        for email in addresses
    ]
    invited = invite_users.sync(client=mara, body=models.InviteUsersRequest.from_dict({"data": rows}))
    for result in invited.meta.results:
        print(f"{result.email}: {result.outcome}")

    mail = running.wait_for_mails(addresses[0], 1)[0]
    print("mail:", mail["subject"])
    token = link_in(mail).rsplit("/", 1)[1]
    acceptance = {"data": {"type": "invitations", "attributes": {"first-name": "Ann", "password": "three shops, one oven"}}}
    accepted = accept_invitation.sync(token, client=nobody, body=models.AcceptInvitationRequest.from_dict(acceptance))
    ann = AuthenticatedClient(base_url=running.api, token=accepted.data.attributes.access_token)

    questions = [
        {"type": "access-checks", "attributes": {"action": action, "organization-id": bakery.id}}
        for action in ("read", "update")
    ]
    for row in check_access.sync(client=ann, body=models.CheckAccessRequest.from_dict({"data": questions})).data:
        print(f"{row.attributes.action}: {row.attributes.allowed}, {row.attributes.reason}")

    users = list_users.sync(client=mara, filteremail=[addresses[0]])
    print("users:", [user.attributes.email for user in users.data], users.meta.total_count)
    change = {"data": {"type": "users", "attributes": {"last-name": "Baker"}}}
    changed = update_user.sync(users.data[0].id, client=mara, body=models.UpdateUserRequest.from_dict(change))
    print("changed:", changed.data.attributes.name)
    refused = list_users.sync_detailed(client=ann)
    print("refused:", refused.status_code.value, refused.parsed.errors[0].code)


def main():
    print("modules:", "all" if modules() > 60 else "few")
    with product(sys.argv[1], demo=True) as running:
        walk(running)


main()
