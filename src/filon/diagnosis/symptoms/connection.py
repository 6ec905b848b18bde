"""No connection, no reply, or one that breaks off."""

from filon.diagnosis.symptom import Sign, Symptom

CONNECTION: tuple[Symptom, ...] = (
    Symptom(
        code="dns",
        title="The name in {url} has no address",
        causes=("The address is mistyped.", "This machine has no working name service."),
        fix="Check baseURL of {endpoint}.",
        signs=(Sign(kind="dns"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="refused",
        title="Nothing listens at {url}",
        causes=(
            "The server is not running.",
            "It listens on another port, or only inside a container.",
        ),
        fix="Start the server, or correct baseURL of {endpoint}. From a container, the host is "
        "host.docker.internal, not localhost.",
        signs=(Sign(kind="refused"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="tls",
        title="No secure connection to {url}",
        causes=(
            "The certificate is not trusted here, has expired, or is for another name.",
            "The server speaks plain http.",
        ),
        fix="Check that baseURL of {endpoint} begins with the right http or https.",
        signs=(Sign(kind="tls"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="unreachable",
        title="{url} cannot be reached",
        causes=("A firewall or a missing route.", "The network is down."),
        fix="Try the address from this machine with curl.",
        signs=(Sign(kind="unreachable"),),
        retry="wait",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="connect_timeout",
        title="{url} did not accept the connection in time",
        causes=("A firewall drops packets silently.", "The server is overloaded."),
        fix="Try the address from this machine with curl.",
        signs=(Sign(kind="connect_timeout"),),
        retry="wait",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="cut",
        title="{endpoint} ended the connection before its reply was complete",
        causes=(
            "The provider or a proxy on the way closed it: an idle timeout, a restart, overload.",
            "The connection was lost on the way.",
        ),
        fix="Try again; the part that came is kept.",
        signs=(Sign(kind="disconnected"), Sign(kind="payload")),
        retry="wait",
        offers=("other",),
    ),
    Symptom(
        code="compressed",
        title="{endpoint} sent a compressed reply that cannot be unpacked",
        causes=(
            "A proxy on the way compresses what passes, although that was not asked for.",
            "The header content-encoding does not say what the bytes are.",
        ),
        fix="Turn compression off in the proxy before {endpoint}, or choose another endpoint.",
        signs=(Sign(kind="compressed"),),
        offers=("other",),
    ),
    Symptom(
        code="unsendable",
        title="The request to {endpoint} cannot be written, and was not sent",
        causes=(
            "Its address holds a user, a password, or letters that no address can have.",
            "A header holds a line break, or a length that only the body can tell.",
        ),
        fix="Correct baseURL or headers of {endpoint}; the evidence says which, and what is wrong.",
        signs=(Sign(kind="url"),),
        retry="changed",
        offers=("doctor",),
    ),
    Symptom(
        code="provider_timeout",
        title="{endpoint} has sent nothing for {seconds} s",
        causes=(
            "The provider is overloaded or stuck.",
            "The request waits in its queue: comments that keep the connection open are no answer.",
        ),
        fix="Try again, or choose another endpoint.",
        signs=(Sign(kind="silent"),),
        retry="elsewhere",
        offers=("other",),
        sources=("api-docs.deepseek.com on rate limits; openrouter.ai on streaming, 2026-11",),
    ),
    Symptom(
        code="page_instead",
        title="{endpoint} answered with a web page, and not as an API",
        causes=(
            "baseURL leads to a website: /v1 is missing, or the host is another.",
            "A proxy, a sign-in page or a captive network stands before it.",
        ),
        fix="Compare baseURL of {endpoint} with the provider's documentation.",
        signs=(
            Sign(page=True, statuses=(200, 404, 405)),
            Sign(page=True, kind="broken_reply"),
        ),
        retry="changed",
        offers=("doctor", "docs"),
        sources=("librechat.ai issue 347; LibreChat issues 4756 and 1626, 2026-11",),
    ),
    Symptom(
        code="broken_reply",
        title="{endpoint} sent a reply that ends too early or cannot be read",
        causes=(
            "The provider or a proxy on the way gave up in the middle.",
            "baseURL leads to a website, and not to an API.",
        ),
        fix="Try again; if it comes each time, check baseURL of {endpoint}.",
        signs=(Sign(kind="broken_reply"),),
        retry="wait",
        offers=("doctor", "other"),
        sources=("LibreChat issues 13577 and 12833, discussion 16372, 2026-11",),
    ),
)
