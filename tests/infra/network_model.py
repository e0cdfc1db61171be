"""A model of a VPC: who can open a TCP connection to whom, on which ports, and by which way.

A connection is open where the request passes and an answer can come back. Network ACLs are asked at
each subnet's border, each way by itself, as they remember nothing; security groups are asked once,
for the request. Addresses and ports are not sampled: where no rule begins or ends, all addresses
are treated the same, so one of each such stretch stands for the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise, product

Ports = int  # a set of ports: bit n stands for port n

INTERNET = "internet"
EVERYWHERE = IPv4Network("0.0.0.0/0")
LOOPBACK = IPv4Network("127.0.0.0/8")  # never leaves its host


def span(first: int, last: int) -> Ports:
    return ((1 << (last - first + 1)) - 1) << first


ALL_PORTS = span(0, 65535)
# Whoever opens a connection takes one of these for the answers.
EPHEMERAL = span(1024, 65535)


def spans(ports: Ports) -> list[tuple[int, int]]:
    """The set as first and last port of each stretch."""
    found, first = [], 0
    while ports:
        gap = (ports & -ports).bit_length() - 1
        ports >>= gap
        length = (~ports & (ports + 1)).bit_length() - 1
        found.append((first + gap, first + gap + length - 1))
        ports >>= length
        first += gap + length
    return found


@dataclass(frozen=True)
class AclRule:
    number: int
    allows: bool
    block: IPv4Network
    ports: Ports


@dataclass(frozen=True)
class Acl:
    """A network ACL; for a port, the first rule in the order of their numbers decides."""

    inbound: tuple[AclRule, ...] = ()
    outbound: tuple[AclRule, ...] = ()


ALLOW_ALL = Acl(*[(AclRule(100, allows=True, block=EVERYWHERE, ports=ALL_PORTS),)] * 2)


@dataclass(frozen=True)
class GroupRule:
    ports: Ports
    peer: str | IPv4Network  # the name of a security group, or addresses


@dataclass(frozen=True)
class Group:
    """A security group, which lets through what any of its rules allows."""

    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = (GroupRule(ALL_PORTS, EVERYWHERE),)


@dataclass(frozen=True)
class Subnet:
    block: IPv4Network
    acl: Acl = ALLOW_ALL
    routes: Mapping[IPv4Network, str] = field(default_factory=dict)  # to INTERNET or a NAT gateway
    endpoints: frozenset[str] = frozenset()  # the gateway endpoints that its routes know
    gives_public_addresses: bool = False

    def next_hop(self, address: IPv4Address) -> str | None:
        """Where the most specific route leads."""
        fitting = [block for block in self.routes if address in block]
        return self.routes[max(fitting, key=lambda block: block.prefixlen)] if fitting else None


@dataclass(frozen=True)
class Party:
    """What opens connections or takes them; one without subnets is outside the VPC."""

    name: str
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None  # None: it has none, so none stops anything
    public: bool = False  # it has a public address


@dataclass(frozen=True)
class Place:
    """One address of a party."""

    party: Party
    address: IPv4Address
    subnet: Subnet | None = None

    @property
    def public(self) -> bool:
        return self.party.public or (self.subnet is not None and self.subnet.gives_public_addresses)


@dataclass(frozen=True)
class Leg:
    """A stretch of a connection's way, out of one subnet and into another (None: no border)."""

    source: IPv4Address
    target: IPv4Address
    leaves: Subnet | None
    enters: Subnet | None

    def request(self) -> Ports:
        out = _allowed(self.leaves.acl.outbound, self.target) if self.leaves else ALL_PORTS
        into = _allowed(self.enters.acl.inbound, self.source) if self.enters else ALL_PORTS
        return out & into

    def answers(self) -> Ports:
        out = _allowed(self.enters.acl.outbound, self.source) if self.enters else ALL_PORTS
        into = _allowed(self.leaves.acl.inbound, self.target) if self.leaves else ALL_PORTS
        return out & into


def _allowed(rules: Iterable[AclRule], address: IPv4Address) -> Ports:
    allowed, undecided = 0, ALL_PORTS
    for rule in sorted(rules, key=lambda rule: rule.number):
        if address in rule.block:
            allowed |= undecided & rule.ports if rule.allows else 0
            undecided &= ~rule.ports
    return allowed


@dataclass(frozen=True)
class Opening:
    """What is open between two parties: to which ports, and which ports take the answers."""

    ports: Ports
    answers: Ports


CLOSED = Opening(0, 0)


@dataclass(frozen=True)
class Network:
    vpc: IPv4Network
    subnets: Mapping[str, Subnet]
    groups: Mapping[str, Group]
    parties: tuple[Party, ...]
    nat_gateways: Mapping[str, str] = field(default_factory=dict)  # its name, its subnet's
    # Who hands requests over to whom outside the VPC's own network.
    handovers: frozenset[tuple[str, str]] = frozenset()

    def party(self, name: str) -> Party:
        return next(party for party in self.parties if party.name == name)

    def openings(self, source: str, target: str) -> list[Opening]:
        """What is open from each address of the source to each address of the target."""
        pairs = product(self._places(self.party(source)), self._places(self.party(target)))
        return [self._opening(start, end) for start, end in pairs]

    def open_ports(self, source: str, target: str) -> Ports:
        """The ports of the target that are open for any address of the source."""
        ports = 0
        for opening in self.openings(source, target):
            ports |= opening.ports if opening.answers & EPHEMERAL else 0
        return ports

    def edges(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Everything that is open: from whom to whom, and on which ports."""
        names = [party.name for party in self.parties]
        found = {pair: spans(self.open_ports(*pair)) for pair in product(names, names)}
        return {pair: ports for pair, ports in found.items() if ports}

    def paths(self, start: str, goal: str) -> set[tuple[str, ...]]:
        """Every way, from party to party, on which none comes twice."""
        steps = self.handovers | self.edges().keys()
        return set(_walk((start,), goal, steps))

    @cached_property
    def _addresses(self) -> list[IPv4Address]:
        """One address of each stretch that all rules treat the same."""
        blocks = [self.vpc, LOOPBACK, *(subnet.block for subnet in self.subnets.values())]
        for subnet in self.subnets.values():
            blocks += [rule.block for rule in subnet.acl.inbound + subnet.acl.outbound]
            blocks += subnet.routes
        for group in self.groups.values():
            peers = [rule.peer for rule in group.ingress + group.egress]
            blocks += [peer for peer in peers if isinstance(peer, IPv4Network)]
        cuts = {int(block[0]) for block in blocks} | {int(block[-1]) + 1 for block in blocks}
        return [IPv4Address(first) for first, _ in pairwise(sorted(cuts | {0, 1 << 32}))]

    def _places(self, party: Party) -> list[Place]:
        if not party.subnets:
            outside = [each for each in self._addresses if each not in self.vpc]
            return [Place(party, each) for each in outside if each not in LOOPBACK]
        return [
            Place(party, address, self.subnets[name])
            for name in party.subnets
            for address in self._addresses
            if address in self.subnets[name].block
        ]

    def _opening(self, start: Place, end: Place) -> Opening:
        legs = self._legs(start, end)
        if legs is None:
            return CLOSED
        ports, answers = self._leaving(start, end) & self._entering(start, end), ALL_PORTS
        for leg in legs:
            ports &= leg.request()
            answers &= leg.answers()
        return Opening(ports, answers)

    def _legs(self, start: Place, end: Place) -> list[Leg] | None:
        """The way of a connection, or None where there is no way at all."""
        if start.subnet and end.subnet:
            if start.subnet == end.subnet:
                return []
            return [Leg(start.address, end.address, start.subnet, end.subnet)]
        if end.subnet:
            way_back = end.subnet.next_hop(start.address)
            # Only what has a public address is found, and only by the internet gateway.
            found = end.public and way_back == INTERNET and start.party.name == INTERNET
            return [Leg(start.address, end.address, None, end.subnet)] if found else None
        return self._legs_out(start, end) if start.subnet else None

    def _legs_out(self, start: Place, end: Place) -> list[Leg] | None:
        subnet = start.subnet
        assert subnet is not None
        direct = Leg(start.address, end.address, subnet, None)
        if end.party.name != INTERNET:
            return [direct] if end.party.name in subnet.endpoints else None
        hop = subnet.next_hop(end.address)
        if hop == INTERNET:
            return [direct] if start.public else None
        if hop is None or hop not in self.nat_gateways:
            return None
        beyond = self.subnets[self.nat_gateways[hop]]
        if beyond.next_hop(end.address) != INTERNET:
            return None
        to_gateway = Leg(start.address, end.address, subnet, None if beyond == subnet else beyond)
        return [to_gateway, Leg(beyond.block[0], end.address, beyond, None)]

    def _leaving(self, start: Place, end: Place) -> Ports:
        if start.party.groups is None:
            return ALL_PORTS
        rules = [rule for name in start.party.groups for rule in self.groups[name].egress]
        return _let_through(rules, end)

    def _entering(self, start: Place, end: Place) -> Ports:
        if end.party.groups is None:
            return ALL_PORTS
        rules = [rule for name in end.party.groups for rule in self.groups[name].ingress]
        return _let_through(rules, start)


def _let_through(rules: Iterable[GroupRule], peer: Place) -> Ports:
    ports = 0
    for rule in rules:
        if isinstance(rule.peer, str):
            fits = rule.peer in (peer.party.groups or ())
        else:
            fits = peer.address in rule.peer
        ports |= rule.ports if fits else 0
    return ports


def _walk(
    path: tuple[str, ...], goal: str, steps: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, ...]]:
    if path[-1] == goal:
        yield path
        return
    for source, target in steps:
        if source == path[-1] and target not in path:
            yield from _walk((*path, target), goal, steps)
