"""The network: two zones, a public and a private subnet in each, one way out."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

CIDR = "10.0.0.0/16"
ZONES = 2
MASK = 24
PORT = 5000  # the application's


class Network(Construct):
    def __init__(self, scope: Construct, name: str, *, allowed_cidr: str, https: bool) -> None:
        super().__init__(scope, name)
        self.vpc = self._vpc()
        self.balancer = self._group("Balancer", "Load balancer")
        self.task = self._group("Task", "Application and database")
        self.files = self._group("Files", "Database files")
        for port in (80, 443) if https else (80,):
            self.balancer.add_ingress_rule(
                ec2.Peer.ipv4(allowed_cidr), ec2.Port.tcp(port), "Who may use the list"
            )
        _connect(self.balancer, self.task, PORT, "Requests")
        _connect(self.task, self.files, 2049, "NFS within TLS")
        self.task.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "Images, secrets and logs, by AWS's APIs"
        )

    def _vpc(self) -> ec2.Vpc:
        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(CIDR),
            max_azs=ZONES,
            # One: while its zone is down no task starts in the other, but one that runs goes on.
            nat_gateways=1,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public",
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=MASK,
                    map_public_ip_on_launch=False,
                ),
                ec2.SubnetConfiguration(
                    name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=MASK
                ),
            ],
            # The application's image comes from ECR, which keeps its layers in S3: this way they
            # cost nothing. PostgreSQL's, of ECR's public gallery, pass the NAT gateway.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        """A security group that lets nothing in or out by itself."""
        return ec2.SecurityGroup(
            self,
            f"{name}SecurityGroup",
            vpc=self.vpc,
            description=description,
            allow_all_outbound=False,
        )


def _connect(source: ec2.SecurityGroup, target: ec2.SecurityGroup, port: int, what: str) -> None:
    source.add_egress_rule(target, ec2.Port.tcp(port), what)
    target.add_ingress_rule(source, ec2.Port.tcp(port), what)
