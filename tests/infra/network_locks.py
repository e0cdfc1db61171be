"""The four locks on the way in, each as if the other three stood open."""

from dataclasses import replace
from itertools import permutations

from tests.infra.network_model import ALLOW_ALL, EVERYWHERE, INTERNET, Network, Party, spans


def addresses_alone(network: Network) -> Network:
    """Who has a public address; what leads nowhere leads to the internet."""
    return _without_groups(_without_acls(_without_routes(network)))


def routes_alone(network: Network) -> Network:
    """Whose subnet leads to the internet."""
    return _without_groups(_without_acls(_without_addresses(network)))


def acls_alone(network: Network) -> Network:
    """What crosses the borders of the subnets, each way."""
    return _without_groups(_without_routes(_without_addresses(network)))


def groups_alone(network: Network) -> Network:
    """Whom the security groups let in."""
    return _without_acls(_without_routes(_without_addresses(network)))


def packets(network: Network) -> dict[tuple[str, str], set[tuple[tuple[int, int], ...]]]:
    """To which ports the network ACLs let packets pass from one kind of place to another.

    Within a subnet they are not asked. A set with two members would be subnets that differ.
    """
    subnets = tuple(Party(name, (name,), public=True) for name in network.subnets)
    places = replace(acls_alone(network), parties=(Party(INTERNET), *subnets))
    found: dict[tuple[str, str], set[tuple[tuple[int, int], ...]]] = {}
    for source, target in permutations((INTERNET, *network.subnets), 2):
        ports = 0
        for opening in places.openings(source, target):
            ports |= opening.ports
        found.setdefault((_kind(source), _kind(target)), set()).add(tuple(spans(ports)))
    return found


def _kind(name: str) -> str:
    return name if name == INTERNET else name.partition("Subnet")[0]


def _without_addresses(network: Network) -> Network:
    parties = (replace(party, public=bool(party.subnets)) for party in network.parties)
    return replace(network, parties=tuple(parties))


def _without_routes(network: Network) -> Network:
    subnets = {
        name: replace(subnet, routes={EVERYWHERE: INTERNET})
        for name, subnet in network.subnets.items()
    }
    return replace(network, subnets=subnets)


def _without_acls(network: Network) -> Network:
    subnets = {name: replace(each, acl=ALLOW_ALL) for name, each in network.subnets.items()}
    return replace(network, subnets=subnets)


def _without_groups(network: Network) -> Network:
    return replace(network, parties=tuple(replace(each, groups=None) for each in network.parties))
