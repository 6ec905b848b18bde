"""The doctor's own sentences, as data; the page has them in its languages under the same codes.

`{name}` is filled in. A cause or a fix that speaks of what is not known is left out.
"""

from collections.abc import Mapping

from msgspec import Struct


class Words(Struct, frozen=True, kw_only=True):
    """The sentences of one finding. `line` is the corrected line, to be copied."""

    title: str
    causes: tuple[str, ...]
    fix: str
    line: str = ""


SEEN: Mapping[str, str] = {
    "key_set": "{variable}, {count} chars, {masked}",
    "key_in_file": "in the file, {count} chars, {masked}",
    "key_built_in": "built in, {masked}",
    "key_none": "none needed",
    "key_missing": "{variable} is not set",
    "key_waits": "not given",
    "address": "{scheme}, {host}{path}",
    "address_bad": "{url}",
    "dns": "{host}: {count} found",
    "dns_literal": "{host} needs no name",
    "dns_proxy": "{host} is looked up by the proxy {proxy}, from {source}",
    "dns_none": "{host}: no address",
    "tcp": "{address}",
    "tcp_proxy": "{address}, through proxy {proxy}",
    "tcp_none": "{address}: {told}",
    "tls": "{version}, {issuer}, valid to {until}",
    "tls_none": "plain http",
    "tunnel_none": "{told}",
    "tls_bad": "{told}",
    "http": "GET {path} {status}",
    "http_page": "GET {path} {status}, a web page",
    "http_none": "GET {path}: {told}",
    "accepted": "GET {path} {status}",
    "accepted_chat": "POST one token: {status}",
    "accepted_unneeded": "asked without one",
    "accepted_unproven": "the list is public and proves nothing",
    "refused": "GET {path} {status}",
    "list": "models: {count}",
    "list_none": "GET {path} {status}, no list",
    "list_empty": "no model in it",
    "model": "{model}",
    "model_listed": "{model}, in the list",
    "model_unlisted": "{model}, not in the list",
    "model_others": "{model}; {count} others are not in the list",
    "model_none": "no model known",
    "chat": "POST {path} {status}, {told}",
    "chat_refused": "POST {path} {status}",
    "chat_none": "POST {path}: {told}",
    "stream": "events: {count}, first after {first} s",
    "stream_whole": "one document, no stream",
    "stream_broken": "broken, events before: {count}",
    "usage": "{input} in, {output} out",
    "usage_none": "no counts",
    "not_asked": "not asked for",
}

_AGAIN = "In the .env it counts at once, else when Filon starts again."

FINDINGS: Mapping[str, Words] = {
    "key_missing": Words(
        title="{variable} is not set",
        causes=("Neither the program's environment nor the `.env` beside the file has it.",),
        fix="Set it. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "not_configured": Words(
        title="{endpoint} is not ready: {reason}",
        causes=("Its entry in the configuration waits for something.",),
        fix="Supply what is missing.",
    ),
    "key_quoted": Words(
        title="The key has quotes around it",
        causes=("They are part of the value: the shell or the file did not take them away.",),
        fix="Set {variable} without the quotes. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "key_blank": Words(
        title="The key has a blank or a line break within",
        causes=("Two values, or a comment, came into one variable when it was copied.",),
        fix="Set {variable} to the key alone. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "key_bearer": Words(
        title="The key begins with Bearer",
        causes=("The word belongs to the header, and Filon puts it there itself.",),
        fix="Set {variable} to what stands behind it. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "key_unfilled": Words(
        title="The key still has a placeholder in it",
        causes=("An example was copied and never filled in: {shown}.",),
        fix="Set {variable} to a key of your own. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "key_of_another": Words(
        title="This is a key of another provider",
        causes=("Keys of {other} begin with {begins}, those of {provider} with {prefix}.",),
        fix="Put a key of {provider} into {variable}. " + _AGAIN,
        line="export {variable}={prefix}…",
    ),
    "key_elsewhere": Words(
        title="This looks like a key of {other}",
        causes=("Keys of {other} begin with {begins}; {provider} has no such beginning.",),
        fix="Put a key of {provider} into {variable}. " + _AGAIN,
        line="export {variable}=…",
    ),
    "key_needed": Words(
        title="{endpoint} wants a key, and none is configured",
        causes=("The server was started with a key of its own, or a proxy asks for one.",),
        fix="Give it a key under apiKey in the configuration.",
        line='apiKey: "${{A_VARIABLE}}"',
    ),
    "address_scheme": Words(
        title="{url} does not begin with http:// or https://",
        causes=("baseURL is a whole address, with its scheme.",),
        fix="Write it so.",
        line='baseURL: "{corrected}"',
    ),
    "address_bad": Words(
        title="{url} is no address",
        causes=("{reason}",),
        fix="Correct baseURL of {endpoint}.",
    ),
    "address_chat": Words(
        title="{url} ends in /chat/completions, which is appended to it anyway",
        causes=("The address of one door was copied, and not that of the API.",),
        fix="Leave it off.",
        line='baseURL: "{corrected}"',
    ),
    "address_doubled": Words(
        title="/v1 stands twice in {url}",
        causes=("The path was added to an address that had it already.",),
        fix="Leave one away.",
        line='baseURL: "{corrected}"',
    ),
    "address_short": Words(
        title="{url} lacks the path of {provider}'s API",
        causes=("The addresses of {provider} end in {path}.",),
        fix="Add it.",
        line='baseURL: "{corrected}"',
    ),
    "address_found": Words(
        title="The API answers at {corrected}, and not at {url}",
        causes=("baseURL has a part of the path too few or too many. Both were tried just now.",),
        fix="Correct it.",
        line='baseURL: "{corrected}"',
    ),
    "address_page": Words(
        title="{url} is a web page, and no API",
        causes=(
            "baseURL leads to the provider's website, or lacks its path, such as /v1.",
            "A proxy or a sign-in page of the network answers in its place.",
        ),
        fix="Compare baseURL of {endpoint} with the provider's documentation.",
    ),
    "address_moved": Words(
        title="{url} points to {location}, which is not followed",
        causes=("A key must not travel to an address that nobody configured.",),
        fix="If you trust it, write it as baseURL.",
        line='baseURL: "{corrected}"',
    ),
    "container_localhost": Words(
        title="Inside a container, {host} is the container itself",
        causes=("Filon runs in a container, and nothing listens at {address} within it.",),
        fix="Name the host instead; on Linux, start the container with "
        "`--add-host=host.docker.internal:host-gateway`, and let the server listen on 0.0.0.0.",
        line='baseURL: "{corrected}"',
    ),
    "proxy_passed_over": Words(
        title="{host} is not reached directly, and NO_PROXY keeps it from the proxy",
        causes=("NO_PROXY names {host}, a name that it ends in, or its network.",),
        fix="Take it out of NO_PROXY and start Filon again, or let {host} through directly.",
    ),
    "proxy_ignored": Words(
        title="{proxy} names a proxy that Filon does not use",
        causes=("It is no http:// or https:// proxy; SOCKS is not among those that Filon uses.",),
        fix="{host} is asked directly. Where that is not allowed, name an HTTP proxy in {proxy}.",
    ),
    "proxy_unused": Words(
        title="{host} is not reached directly, and the proxy in {proxy} cannot be used",
        causes=("It is no http:// or https:// proxy; SOCKS is not among those that Filon uses.",),
        fix="Name an HTTP proxy in {proxy} and start Filon again, or let {host} through directly.",
    ),
    "other_port": Words(
        title="Nothing listens at {address}, but {found} answers",
        causes=("The server has another port than baseURL says.",),
        fix="Correct it.",
        line='baseURL: "{corrected}"',
    ),
    "tls_expired": Words(
        title="The certificate of {host} expired on {until}",
        causes=("The server's owner has not renewed it.", "The clock of this machine is wrong."),
        fix="Renew the certificate, or correct the clock.",
    ),
    "tls_name": Words(
        title="The certificate is not for {host}",
        causes=("It is for {names}. The address leads to another server than it says.",),
        fix="Use a name that the certificate has in baseURL of {endpoint}.",
    ),
    "tls_self_signed": Words(
        title="The certificate of {host} is signed by nobody but itself",
        causes=(
            "The server made its own: {issuer}.",
            "Something on the way answers in its place.",
        ),
        fix="Give the server a certificate of an authority that this machine trusts, or add its "
        "own to SSL_CERT_FILE before Filon starts.",
    ),
    "tls_untrusted": Words(
        title="This machine does not know who signed the certificate of {host}",
        causes=(
            "It is signed by {issuer}: an authority of a company, or a proxy that opens TLS.",
            "The server does not send the certificates in between.",
        ),
        fix="Put the authority's certificate into a file and name it in SSL_CERT_FILE before "
        "Filon starts.",
    ),
    "tls_plain": Words(
        title="{host} speaks plain http at this port",
        causes=("baseURL says https, and the server does not.",),
        fix="Correct the scheme.",
        line='baseURL: "{corrected}"',
    ),
    "tls_soon": Words(
        title="The certificate of {host} expires on {until}",
        causes=("Nobody has renewed it yet.",),
        fix="If the server is yours, renew it.",
    ),
    "tls_none": Words(
        title="The key travels to {host} unencrypted",
        causes=("baseURL begins with http, and the host is not this machine.",),
        fix="Use https where the server has it.",
    ),
    "list_missing": Words(
        title="{endpoint} gives no list of models",
        causes=("It has none, or this key may not read it.",),
        fix="Name the models under models.default; nothing else depends on the list.",
    ),
    "list_empty": Words(
        title="{endpoint} lists no model",
        causes=("None is loaded or pulled there, or the key is allowed none.",),
        fix="Load a model there, then check again.",
    ),
    "model_none": Words(
        title="No model of {endpoint} is known",
        causes=("Its list is empty or missing, and the configuration names none.",),
        fix="Name one under models.default, or with --model.",
    ),
    "model_unlisted": Words(
        title="{model} is not in the list of {endpoint}",
        causes=("Some providers answer to names that they do not list.", "Nearest: {near}."),
        fix="If a chat with it fails, choose one of the list.",
    ),
    "models_missing": Words(
        title="{endpoint} no longer lists {missing}",
        causes=("Retired there, renamed, or not open to this key; the configuration names them.",),
        fix="Take them out of models.default, or replace them.",
    ),
    "model_near": Words(
        title="{endpoint} has no model {model}",
        causes=("The id is mistyped, retired, or not open to this key.",),
        fix="The nearest of its list: {near}.",
        line="{nearest}",
    ),
    "parameter_sent": Words(
        title="{endpoint} refused {param}",
        causes=("It is sent because of {because}.",),
        fix="Take it out there, or drop it here.",
        line='dropParams: ["{param}"]',
    ),
    "parameter_ours": Words(
        title="{endpoint} refused {param}",
        causes=("Filon sends it with each such request; nobody has configured it.",),
        fix="Drop it for this endpoint.",
        line='dropParams: ["{param}"]',
    ),
    "slow": Words(
        title="{endpoint} took {seconds} s to begin",
        causes=("A model was being loaded, or the provider has much to do.",),
        fix="Check again; if it stays so, choose a smaller model or another endpoint.",
    ),
    "not_streamed": Words(
        title="{endpoint} answered in one piece, although a stream was asked for",
        causes=("The server or a proxy before it does not stream.",),
        fix="It works; but answers appear only when they are whole.",
    ),
    "no_done": Words(
        title="The stream of {endpoint} has no end mark",
        causes=("[DONE] never came; the reason for finishing did, so nothing is lost.",),
        fix="Nothing needs to be done; other clients may wait for it.",
    ),
    "no_usage": Words(
        title="{endpoint} does not count tokens",
        causes=("It reported no usage at the end of its stream.",),
        fix="Nothing needs to be done; Filon estimates the counts and says so.",
    ),
    "usage_dropped": Words(
        title="{endpoint} was not asked to count tokens",
        causes=("stream_options is dropped because of {because}.",),
        fix="Take stream_options out of dropParams, unless {endpoint} refuses it.",
    ),
}
