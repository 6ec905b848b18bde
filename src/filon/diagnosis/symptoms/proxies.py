"""What fails at the proxy that the environment names, and not at the provider. The evidence has the
proxy's address."""

from filon.diagnosis.symptom import Sign, Symptom

PROXIES: tuple[Symptom, ...] = (
    Symptom(
        code="proxy_refused",
        title="Nothing listens at the proxy that leads to {endpoint}",
        causes=(
            "The proxy is not running, or HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names another port.",
            "Inside a container, localhost is the container itself.",
        ),
        fix="Start the proxy or correct the variable, then start Filon again. If {endpoint} is to "
        "be reached without one, name its host in NO_PROXY.",
        signs=(Sign(kind="proxy_refused"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="proxy_unreachable",
        title="The proxy that leads to {endpoint} cannot be reached",
        causes=(
            "The name in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY has no address here, or no way leads "
            "to it.",
            "The variable says https:// and the proxy speaks plain http, or its certificate is not "
            "trusted.",
        ),
        fix="Try the proxy from this machine with curl -x, and correct the variable.",
        signs=(Sign(kind="proxy_unreachable"),),
        retry="wait",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="proxy_auth",
        title="The proxy that leads to {endpoint} wants a user and a password, or refuses them",
        causes=(
            "The variable that names the proxy has none, or wrong ones.",
            "The proxy asks for NTLM or Negotiate; Filon can say Basic only.",
        ),
        fix="Write them into the variable, as in http://user:password@proxy:3128, with % signs for "
        "letters such as @ and :. Then start Filon again.",
        signs=(Sign(kind="proxy_auth"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="proxy_denied",
        title="The proxy does not let requests to {endpoint} pass",
        causes=("Its rules forbid this host or port.",),
        fix="Ask whoever runs the proxy to allow the host of {url}, or name it in NO_PROXY if it "
        "can be reached without.",
        signs=(Sign(kind="proxy_denied"),),
        retry="changed",
        offers=("doctor", "other"),
    ),
    Symptom(
        code="proxy_failed",
        title="The proxy has not made the way to {endpoint}",
        causes=(
            "The proxy cannot reach the host: no name, no way, or it waits in vain.",
            "What listens there is no HTTP proxy, or one of another kind.",
        ),
        fix="Try the proxy from this machine with curl -x; the evidence is what it answered.",
        signs=(Sign(kind="proxy_failed"),),
        retry="wait",
        offers=("doctor", "other"),
    ),
)
