"""The faults of a connection: before an answer, after its head, or in place of it."""

from filon.practice.faults.fault import Argument, Break, Door, Fault

CONNECTIONS: tuple[Fault, ...] = (
    Fault(
        name="closed",
        aliases=("refused",),
        group="connection",
        what="Nobody listens at the port, and the connection is refused.",
        teaches="A server that is off is known at once and is told apart from one that is slow.",
        effect=Door("closed"),
    ),
    Fault(
        name="tls",
        aliases=("bad-certificate",),
        group="connection",
        what="The port's certificate is self-signed and has expired.",
        teaches="A client that checks certificates sends no key to a server that it cannot trust.",
        effect=Door("tls"),
    ),
    Fault(
        name="reset-before-headers",
        aliases=("reset",),
        group="connection",
        what="The connection is reset before any byte of the answer.",
        teaches="Nobody knows whether a request was carried out whose answer is lost.",
        effect=Break("reset_before_head"),
    ),
    Fault(
        name="close-before-headers",
        group="connection",
        what="The connection is closed in good order before any byte of the answer.",
        teaches="An idle connection may be closed at the moment in which it is used again.",
        effect=Break("close_before_head"),
    ),
    Fault(
        name="reset-after-headers",
        group="connection",
        what="Status 200 and the headers arrive, then the connection is reset.",
        teaches="A good status says nothing about the body that should follow it.",
        effect=Break("reset_after_head"),
    ),
    Fault(
        name="silent",
        group="connection",
        what="The request is accepted and never answered.",
        teaches="Without a time limit of its own a client waits for ever.",
        effect=Break("silent"),
    ),
    Fault(
        name="slow-loris",
        aliases=("drip",),
        group="connection",
        what="The answer arrives byte by byte, with a pause after each.",
        teaches="A limit on the time between two reads never ends an answer that drips.",
        effect=Break("drip"),
        argument=Argument(usual=0.05, low=0, high=60, unit="seconds"),
    ),
)
