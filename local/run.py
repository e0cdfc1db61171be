"""`run`: everything in order, kept going, and stopped in the reverse order."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack

from local import aws, logs, outputs
from local.api_gateway.contract import read_contract
from local.api_gateway.gateway import Gateway
from local.autoscaling.scaling import Scaling, scaling_of
from local.cloudformation import template
from local.cloudformation.stack import Stack, deploy
from local.cloudfront.content import Content, check_built
from local.cloudfront.distribution import read_distribution
from local.cloudfront.website import Website
from local.cloudwatch.publishing import Publisher
from local.cloudwatch.watch import Watch
from local.ecs import images
from local.ecs.agent import Agent
from local.ecs.containers import ContainerRuntime, linux_parameters
from local.ecs.credentials import Credentials
from local.ecs.images import Images
from local.ecs.registration import Registrar
from local.ecs.runtime import ProcessRuntime, Runtime, Surroundings
from local.ecs.taskdefinition import Service
from local.ecs.usage import Usage
from local.ecs.waiting import until_steady
from local.emulator.endpoint import Endpoint
from local.emulator.mail import Mailbox
from local.emulator.process import Emulator
from local.emulator.state import check_saved
from local.load_balancer.balancer import Balancer
from local.load_balancer.registry import Registry
from local.lock import locked
from local.ports import check_ports
from local.processes import Guard
from local.servers import listening
from local.settings import Settings
from local.terminal import say

SUMMARY = """
The application is up.
  website       {settings.website_url}
  API           {settings.api_url}
  AWS endpoint  {settings.endpoint_url}  (region and more in {settings.outputs})
  logs          {settings.logs}
Confirmation codes appear here. Ctrl-C stops it; the data is kept until `make reset`.
"""


def run(settings: Settings) -> None:
    """Run the application until Ctrl-C; raises what went wrong."""
    with locked(settings.folder) as lock:
        check_saved(settings)
        check_built(settings.built_website)
        check_ports(settings)
        images.check_engine(settings)
        outputs.remove(settings)
        _fresh_logs(settings)
        logs.keep(settings.logs / "local.log")
        images.remove_containers(settings)
        built = images.build(settings)
        guard = Guard(settings.outputs, lock, images.removal(settings))
        try:
            asyncio.run(_until_told_to_stop(Local(settings, guard, built), settings))
        finally:
            outputs.remove(settings)
            guard.close()


async def _until_told_to_stop(local: "Local", settings: Settings) -> None:
    serving = asyncio.create_task(local.serve())
    interrupts = _Interrupts(serving)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, interrupts.handle, settings)
    try:
        await serving
    except asyncio.CancelledError:
        say("Stopped. The data is kept; `make run` continues with it.")


class _Interrupts:
    """Ctrl-C: the first stops in order, the second leaves the rest to the guard."""

    def __init__(self, serving: asyncio.Task[None]) -> None:
        self._serving = serving
        self._first = True

    def handle(self, settings: Settings) -> None:
        if self._first:
            self._first = False
            say("\nStopping; press Ctrl-C again to wait for nothing.")
            self._serving.cancel()
        else:
            outputs.remove(settings)
            os._exit(0)


class Local:
    """The parts of one running stack."""

    def __init__(self, settings: Settings, guard: Guard, images: Images | None) -> None:
        self._settings = settings
        self._guard = guard
        self._images = images
        self._endpoint_url = settings.endpoint_url
        self._session = aws.session()

    async def serve(self) -> None:
        """Start all parts and keep them going until cancelled, or until one fails."""
        async with AsyncExitStack() as parts:
            say("Starting the AWS emulator …")
            emulator = await Emulator.start(self._settings, self._guard)
            parts.push_async_callback(emulator.stop)
            endpoint = Endpoint(emulator.port, self._settings)
            parts.push_async_callback(endpoint.close)
            port = self._settings.endpoint_port
            # The workers that stop leave a long poll of 20 seconds behind.
            await parts.enter_async_context(listening(endpoint.handle, port, abandon=True))
            await _together(emulator.watch(), self._application(emulator))

    async def _application(self, emulator: Emulator) -> None:
        await emulator.ready(self._session)
        say(f"Deploying {self._settings.template.name} …")
        stack = await asyncio.to_thread(
            deploy, self._session, self._settings, template.read(self._settings.template)
        )
        say("Starting the services …")
        async with AsyncExitStack() as parts:
            await self._data_plane(parts, stack, Mailbox(emulator.url))

    async def _data_plane(self, parts: AsyncExitStack, stack: Stack, mailbox: Mailbox) -> None:
        service = Service(self._session, self._endpoint_url, stack.only("AWS::ECS::Service"))
        scaling = await self._scaling(stack, service)
        balancer, balancer_port = await self._balancer(parts, stack)
        agent = await self._agent(parts, stack, service, balancer)
        await self._gateway(parts, stack, balancer_port)
        places = outputs.describe(self._settings, stack, balancer_port)
        await self._website(parts, places)
        await _together(
            agent.start(),
            balancer.keep_fresh(),
            self._publisher(stack, service, balancer, agent).keep_publishing(),
            scaling.keep(),
            mailbox.keep_showing(),
            self._announce(agent, places),
        )

    async def _scaling(self, stack: Stack, service: Service) -> Scaling:
        watch = Watch(self._session, self._endpoint_url, stack)
        await watch.put()
        scaling = scaling_of(stack, service, watch)
        await scaling.enforce()
        return scaling

    def _publisher(
        self, stack: Stack, service: Service, balancer: Balancer, agent: Agent
    ) -> Publisher:
        (name,) = stack.template.resources("AWS::ElasticLoadBalancingV2::LoadBalancer")
        full_name = stack.values[f"{name}.LoadBalancerFullName"]
        usage = Usage(service.cluster, service.name)
        return Publisher(
            self._session,
            self._endpoint_url,
            events=lambda: balancer.requests(full_name),
            states=lambda: [*balancer.health(full_name), *usage.take(agent.tasks)],
        )

    async def _balancer(self, parts: AsyncExitStack, stack: Stack) -> tuple[Balancer, int]:
        listener = stack.only("AWS::ElasticLoadBalancingV2::Listener")
        balancer = Balancer(Registry(self._session, self._endpoint_url, listener))
        parts.push_async_callback(balancer.close)
        return balancer, await parts.enter_async_context(listening(balancer.handle))

    async def _agent(
        self, parts: AsyncExitStack, stack: Stack, service: Service, balancer: Balancer
    ) -> Agent:
        credentials = Credentials(self._session, self._endpoint_url)
        port = await parts.enter_async_context(listening(credentials.handle))
        pool = stack.only("AWS::Cognito::UserPool")
        registrar = Registrar(self._session, self._endpoint_url, balancer)
        await registrar.clear(place.group for place in (await service.wanted()).registrations)
        await balancer.refresh()
        agent = Agent(
            service,
            registrar,
            self._runtime(stack),
            credentials,
            Surroundings(
                endpoint_url=self._endpoint_url,
                jwks_url=f"{self._endpoint_url}/{pool}/.well-known/jwks.json",
                credentials_port=port,
            ),
        )
        parts.push_async_callback(agent.stop)
        return agent

    def _runtime(self, stack: Stack) -> Runtime:
        if self._images is None:
            return ProcessRuntime(self._settings, self._guard)
        linux = linux_parameters(stack.properties("AWS::ECS::TaskDefinition"))
        return ContainerRuntime(self._settings, self._guard, self._images, linux)

    async def _gateway(self, parts: AsyncExitStack, stack: Stack, balancer_port: int) -> None:
        api = stack.properties("AWS::Serverless::HttpApi")
        gateway = Gateway(
            read_contract(api["DefinitionBody"], api.get("DefaultRouteSettings", {})),
            port=self._settings.api_port,
            balancer_port=balancer_port,
            endpoint_url=self._endpoint_url,
        )
        parts.push_async_callback(gateway.close)
        await parts.enter_async_context(listening(gateway.handle, self._settings.api_port))

    async def _website(self, parts: AsyncExitStack, places: Mapping[str, str]) -> None:
        distribution = read_distribution(
            template.read(self._settings.website_template), self._settings
        )
        website = Website(distribution, Content(self._settings.built_website, places))
        await parts.enter_async_context(listening(website.handle, self._settings.port))

    async def _announce(self, agent: Agent, places: Mapping[str, str]) -> None:
        await until_steady(agent, self._settings.logs)
        outputs.write(self._settings, places)
        say(SUMMARY.format(settings=self._settings))


async def _together(*parts: Awaitable[None]) -> None:
    """Wait for all; the first one to fail ends the others, and so does a cancellation."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _fresh_logs(settings: Settings) -> None:
    """Each run's logs replace those of the run before."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    for log in settings.logs.glob("*.log"):
        log.unlink()
