"""`webSearch`: who searches, who reads the pages, who ranks them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from filon.config.shape import addresses
from filon.config.shape.section import NULL, Natural, Section, Texts, rule


class FirecrawlLocation(Section, frozen=True, kw_only=True):
    """From where Firecrawl looks at a page."""

    country: str | None = None
    languages: Texts | None = None


class ChangeTracking(Section, frozen=True, kw_only=True):
    """How Firecrawl compares a page with its last visit."""

    modes: Texts | None = None
    schema: Mapping[str, Any] | None = None
    prompt: str | None = None
    tag: Annotated[str | None, NULL] = None


class FirecrawlOptions(Section, frozen=True, kw_only=True):
    """How Firecrawl reads a page. Sizes are characters, times milliseconds."""

    formats: Texts | None = None
    include_tags: Texts | None = None
    exclude_tags: Texts | None = None
    headers: Mapping[str, str] | None = None
    wait_for: float | None = None
    timeout: Natural | None = None
    max_age: float | None = None
    mobile: bool | None = None
    skip_tls_verification: bool | None = None
    block_ads: bool | None = None
    remove_base64_images: bool | None = None
    parse_pdf: bool | None = field(default=None, name="parsePDF")
    store_in_cache: bool | None = None
    zero_data_retention: bool | None = None
    location: FirecrawlLocation | None = None
    only_main_content: bool | None = None
    change_tracking_options: ChangeTracking | None = None


class SearxngOptions(Section, frozen=True, kw_only=True):
    """How SearXNG searches."""

    engines: str | Texts | None = None
    language: str | None = None
    time_range: Literal["day", "month", "year"] | None = None
    timeout: Annotated[int, Meta(gt=0, le=120_000)] | None = None


class TavilySearch(Section, frozen=True, kw_only=True):
    """How Tavily searches."""

    search_depth: Literal["basic", "advanced", "fast", "ultra-fast"] | None = None
    max_results: Annotated[int, Meta(ge=1, le=20)] | None = None
    include_images: bool | None = None
    include_answer: bool | Literal["basic", "advanced"] | None = None
    include_raw_content: bool | Literal["markdown", "text"] | None = None
    include_domains: Texts | None = None
    exclude_domains: Texts | None = None
    topic: Literal["general", "news", "finance"] | None = None
    time_range: Literal["day", "week", "month", "year", "d", "w", "m", "y"] | None = None
    include_image_descriptions: bool | None = None
    include_favicon: bool | None = None
    chunks_per_source: Annotated[int, Meta(ge=1, le=3)] | None = None
    safe_search: bool | None = None
    timeout: Annotated[int, Meta(ge=0, le=120_000)] | None = None


class TavilyScraper(Section, frozen=True, kw_only=True):
    """How Tavily reads a page."""

    extract_depth: Literal["basic", "advanced"] | None = None
    include_images: bool | None = None
    include_favicon: bool | None = None
    format: Literal["markdown", "text"] | None = None
    timeout: Annotated[int, Meta(ge=0, le=120_000)] | None = None


class KeenableSearch(Section, frozen=True, kw_only=True):
    """How Keenable searches."""

    max_results: Annotated[int, Meta(ge=1, le=20)] | None = None
    site: str | None = None
    attribution_title: str | None = None
    timeout: Annotated[int, Meta(ge=0, le=120_000)] | None = None


class KeenableScraper(Section, frozen=True, kw_only=True):
    """How Keenable reads a page."""

    attribution_title: str | None = None
    timeout: Annotated[int, Meta(ge=0, le=120_000)] | None = None


class WebSearch(Section, frozen=True, kw_only=True):
    """Search on the web, page readers and rankers, with their keys."""

    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    serper_api_key: str = "${SERPER_API_KEY}"
    serper_api_key_preview: str | None = None
    searxng_instance_url: str = "${SEARXNG_INSTANCE_URL}"
    searxng_api_key: str = "${SEARXNG_API_KEY}"
    searxng_api_key_preview: str | None = None
    firecrawl_api_key: str = "${FIRECRAWL_API_KEY}"
    firecrawl_api_key_preview: str | None = None
    firecrawl_api_url: str = "${FIRECRAWL_API_URL}"
    firecrawl_version: str = "${FIRECRAWL_VERSION}"
    tavily_api_key: str = "${TAVILY_API_KEY}"
    tavily_api_key_preview: str | None = None
    tavily_search_url: str = "${TAVILY_SEARCH_URL}"
    tavily_extract_url: str = "${TAVILY_EXTRACT_URL}"
    keenable_api_key: str = "${KEENABLE_API_KEY}"
    keenable_api_url: str = "${KEENABLE_API_URL}"
    jina_api_key: str = "${JINA_API_KEY}"
    jina_api_key_preview: str | None = None
    jina_api_url: str = "${JINA_API_URL}"
    cohere_api_key: str = "${COHERE_API_KEY}"
    cohere_api_key_preview: str | None = None
    search_provider: Literal["serper", "searxng", "tavily", "keenable"] | None = None
    scraper_provider: Literal["firecrawl", "serper", "tavily", "keenable"] | None = None
    reranker_type: Literal["jina", "cohere", "none"] | None = None
    scraper_timeout: Natural | None = None
    safe_search: Literal["OFF", "MODERATE", "STRICT", 0, 1, 2] = 1
    firecrawl_options: FirecrawlOptions | None = None
    searxng_search_options: SearxngOptions | None = None
    tavily_search_options: TavilySearch | None = None
    tavily_scraper_options: TavilyScraper | None = None
    keenable_search_options: KeenableSearch | None = None
    keenable_scraper_options: KeenableScraper | None = None
