"""Sections about files: where they are kept, which are taken, and how large."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import addresses, rules
from filon.config.shape.section import (
    AboveZero,
    Named,
    NotNegative,
    Positive,
    Section,
    Share,
    Storage,
    rule,
)


class FileStrategies(Section, frozen=True, kw_only=True):
    """Where each kind of file is kept."""

    default: Storage | None = None
    avatar: Storage | None = None
    image: Storage | None = None
    document: Storage | None = None
    skills: Storage | None = None


class CloudFront(Section, frozen=True, kw_only=True):
    """Files behind Amazon CloudFront. Times are seconds."""

    domain: Annotated[str, rule(addresses.url)]
    distribution_id: str | None = None
    invalidate_on_delete: bool = False
    image_signing: Literal["none", "cookies", "url"] = "none"
    url_expiry: AboveZero = 3_600
    cookie_expiry: Annotated[float, Meta(gt=0, le=604_800)] = 1_800
    cookie_domain: Annotated[Named, rule(rules.cookie_domain)] | None = None
    storage_region: Named | None = None
    include_region_in_path: bool = False
    require_signed_access: bool = False

    def faults(self) -> Iterator[tuple[str, str]]:
        if self.invalidate_on_delete and not self.distribution_id:
            yield "invalidateOnDelete", "invalidateOnDelete needs a distributionId."
        if self.image_signing == "cookies" and not self.cookie_domain:
            yield "imageSigning", "imageSigning: cookies needs a cookieDomain."
        if self.require_signed_access and self.image_signing != "cookies":
            yield "requireSignedAccess", "requireSignedAccess needs imageSigning: cookies."


class Delivery(Section, frozen=True, kw_only=True):
    """How a file reaches the model, by MIME type."""

    fallback: Literal["provider", "text", "none"] | None = None
    overrides: Mapping[str, Literal["provider", "text", "none"]] | None = None


class EndpointFiles(Section, frozen=True, kw_only=True):
    """The limits at one endpoint. Sizes are MB."""

    disabled: bool | None = None
    file_limit: NotNegative | None = None
    file_size_limit: NotNegative | None = None
    total_size_limit: NotNegative | None = None
    supported_mime_types: tuple[Annotated[str, rule(rules.mime_pattern)], ...] | None = None
    default_llm_delivery_path: Delivery | None = field(default=None, name="defaultLLMDeliveryPath")
    legacy_file_upload_ux: bool | None = field(default=None, name="legacyFileUploadUX")
    text_fallback_without_tools: bool | None = None


class SkillFiles(Section, frozen=True, kw_only=True):
    """The limits of skills."""

    file_size_limit: NotNegative | None = None
    import_cleanup_concurrency: Positive | None = None


class ImageGeneration(Section, frozen=True, kw_only=True):
    """How pictures are made smaller before they are sent."""

    percentage: Annotated[float, Meta(ge=0, le=100)] | None = None
    px: NotNegative | None = None


class ClientImageResize(Section, frozen=True, kw_only=True):
    """How the browser makes pictures smaller. Sizes are pixels."""

    enabled: bool | None = None
    max_width: Annotated[float, Meta(ge=1)] | None = None
    max_height: Annotated[float, Meta(ge=1)] | None = None
    quality: Share | None = None


class FileTypes(Section, frozen=True, kw_only=True):
    """Regular expressions of MIME types."""

    supported_mime_types: tuple[Annotated[str, rule(rules.mime_pattern)], ...] | None = None


class FileConfig(Section, frozen=True, kw_only=True):
    """Which files people may send. Sizes are MB."""

    endpoints: Mapping[str, EndpointFiles] | None = None
    skills: SkillFiles | None = None
    server_file_size_limit: NotNegative | None = None
    avatar_size_limit: NotNegative | None = None
    file_token_limit: NotNegative | None = None
    file_context_size_limit: NotNegative | None = None
    file_context_char_limit: NotNegative | None = None
    code_env_liveness_safe_window_ms: NotNegative | None = None
    image_generation: ImageGeneration | None = None
    client_image_resize: ClientImageResize | None = None
    ocr: FileTypes | None = None
    text: FileTypes | None = None
    default_llm_delivery_path: Delivery | None = field(default=None, name="defaultLLMDeliveryPath")
    legacy_file_upload_ux: bool | None = field(default=None, name="legacyFileUploadUX")
    text_fallback_without_tools: bool | None = None
