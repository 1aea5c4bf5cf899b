"""Makes MCP tools of docs/openapi.json with fastmcp, as people do for their assistants, and calls some of them.

    as_tools.py PRODUCT        PRODUCT is the binary behind `cargo local`

An assistant is given the tools of one person: here a Manager of the demonstration account.
"""

import asyncio
import json
import sys
import urllib.request
from pathlib import Path

from product import product

import fastmcp
import httpx2
from fastmcp.exceptions import ToolError
from fastmcp.server.providers.openapi import MCPType, RouteMap

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"


def token(running):
    signing_in = {"subdomain": "acme", "email": "mara@acme.example", "password": "glueconnect demo"}
    body = json.dumps({"data": {"type": "sessions", "attributes": signing_in}}).encode()
    request = urllib.request.Request(f"{running.api}/sessions", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]["attributes"]["access-token"]


async def tried(client, what, tool, told, of):
    """What came of a call, in a line."""
    try:
        answer = await client.call_tool(tool, of)
        print(f"  {tool}, {what}: {told(answer.structured_content)}")
    except ToolError as refused:
        print(f"  {tool}, {what}: {str(refused).split(' - ')[0].split(': ', 1)[1]}, "
              + ", ".join(error["code"] for error in json.loads(str(refused).split(" - ", 1)[1])["errors"]))


def names(answer):
    return [row["attributes"].get("name") for row in answer["data"]]


async def walk(running):
    http = httpx2.AsyncClient(base_url=running.api, headers={"authorization": f"Bearer {token(running)}"})
    server = fastmcp.FastMCP.from_openapi(
        openapi_spec=json.loads(DOCUMENT.read_text(encoding="utf-8")),
        client=http,
        name="glueconnect",
        # A tool that answers headers alone is none.
        route_maps=[RouteMap(methods=["HEAD"], mcp_type=MCPType.EXCLUDE)],
        # It holds every answer against the first success of an operation. That of `POST /users` is the preview's.
        validate_output=False,
    )
    async with fastmcp.Client(server) as client:
        tools = {tool.name: tool for tool in await client.list_tools()}
        print("fastmcp", fastmcp.__version__)
        document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
        operations = sum(len(methods.keys() - {"head"}) for methods in document["paths"].values())
        print(f"  tools: {'one for each operation' if len(tools) == operations else (len(tools), operations)}")
        print(f"  each is described: {all(tool.description for tool in tools.values())}")
        found = (await client.call_tool("listOrganizations", {"filter[name]": ["Bluebird Bakery"]})).structured_content
        bakery = found["data"][0]["id"]
        await tried(client, "by name", "listOrganizations", names, of={"filter[name]": ["bluebird bakery"]})
        await tried(client, "by a part of it", "listOrganizations", names, of={"filter[search]": "blueb"})
        await tried(client, "with a list", "listUsers", lambda answer: len(answer["data"]),
                    of={"filter[role-name]": ["Manager", "Editor"], "sort": ["name"], "page[size]": 5})
        await tried(client, "a role that is none", "listUsers", names, of={"filter[role-name]": ["Nobody"]})
        question = {"type": "access-checks", "attributes": {"action": "delete", "organization-id": bakery}}
        await tried(client, "of one", "checkAccess", lambda answer: answer["data"]["attributes"]["reason"],
                    of={"data": question})
        reach = {"organizations": {"data": [{"type": "organizations", "id": bakery}]}}
        ann = {"type": "users", "attributes": {"email": "ann@bluebird.example", "role-name": "Lite"}, "relationships": reach}
        outcomes = lambda answer: [row["outcome"] for row in answer["meta"]["results"]]  # noqa: E731
        await tried(client, "in a preview", "inviteUsers", outcomes, of={"preview": True, "data": [ann]})
        await tried(client, "for real", "inviteUsers", outcomes, of={"data": [ann]})
        await tried(client, "once more", "inviteUsers", outcomes, of={"data": [ann]})
        change = {"type": "organizations", "attributes": {"short-name": "BB"}}
        await tried(client, "one attribute", "updateOrganization", lambda answer: answer["data"]["attributes"]["short-name"],
                    of={"id": bakery, "data": change})
        await tried(client, "of nothing", "deleteOrganization", lambda answer: answer, of={"id": "1"})
        await tried(client, "of what was made", "listLogs", lambda answer: len(answer["data"]),
                    of={"filter[action]": ["create"], "page[size]": 2})
        await tried(client, "the key of a Manager", "createApiKey", lambda answer: answer,
                    of={"data": {"type": "api-keys", "attributes": {"name": "Sync", "role-name": "Editor"}}})


def main():
    with product(sys.argv[1], demo=True) as running:
        asyncio.run(walk(running))


main()
