"""`speech`: text to speech, speech to text, and the page's tab for them."""

from typing import Annotated, Literal

from msgspec import Meta, field

from filon.config.shape import addresses
from filon.config.shape.section import AsWritten, Section, Texts, rule


class OpenAiVoice(Section, frozen=True, kw_only=True):
    """OpenAI, or a server that speaks its protocol."""

    url: str | None = None
    api_key: str
    api_key_preview: str | None = None
    model: str
    voices: Texts


class AzureVoice(Section, frozen=True, kw_only=True):
    """Azure OpenAI."""

    instance_name: str
    api_key: str
    api_key_preview: str | None = None
    deployment_name: str
    api_version: str
    model: str
    voices: Texts


class VoiceSettings(AsWritten, frozen=True, kw_only=True):
    """How the voice sounds."""

    similarity_boost: float | None = None
    stability: float | None = None
    style: float | None = None
    use_speaker_boost: bool | None = None


class ElevenLabsVoice(Section, frozen=True, kw_only=True):
    """ElevenLabs."""

    url: str | None = None
    websocket_url: str | None = None
    api_key: str
    api_key_preview: str | None = None
    model: str
    voices: Texts
    voice_settings: VoiceSettings | None = field(default=None, name="voice_settings")
    pronunciation_dictionary_locators: Texts | None = field(
        default=None, name="pronunciation_dictionary_locators"
    )


class LocalAiVoice(Section, frozen=True, kw_only=True):
    """LocalAI."""

    url: str
    api_key: str | None = None
    api_key_preview: str | None = None
    voices: Texts
    backend: str


class TextToSpeech(Section, frozen=True, kw_only=True):
    """Services that speak."""

    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    openai: OpenAiVoice | None = None
    azure_openai: AzureVoice | None = field(default=None, name="azureOpenAI")
    elevenlabs: ElevenLabsVoice | None = None
    localai: LocalAiVoice | None = None


class OpenAiTranscription(Section, frozen=True, kw_only=True):
    """OpenAI, or a server that speaks its protocol."""

    url: str | None = None
    api_key: str
    api_key_preview: str | None = None
    model: str


class AzureTranscription(Section, frozen=True, kw_only=True):
    """Azure OpenAI."""

    instance_name: str
    api_key: str
    api_key_preview: str | None = None
    deployment_name: str
    api_version: str


class SpeechToText(Section, frozen=True, kw_only=True):
    """Services that write down."""

    allowed_addresses: tuple[Annotated[str, rule(addresses.allowed_address)], ...] | None = None
    openai: OpenAiTranscription | None = None
    azure_openai: AzureTranscription | None = field(default=None, name="azureOpenAI")


class SpeechToTextTab(Section, frozen=True, kw_only=True):
    """Defaults for dictation."""

    engine_stt: Literal["browser", "external", "openai", "azureOpenAI"] | None = field(
        default=None, name="engineSTT"
    )
    language_stt: str | None = field(default=None, name="languageSTT")
    auto_transcribe_audio: bool | None = None
    decibel_value: float | None = None
    auto_send_text: float | None = None


class TextToSpeechTab(Section, frozen=True, kw_only=True):
    """Defaults for reading aloud."""

    engine_tts: (
        Literal["browser", "external", "openai", "azureOpenAI", "elevenlabs", "localai"] | None
    ) = field(default=None, name="engineTTS")
    voice: str | None = None
    language_tts: str | None = field(default=None, name="languageTTS")
    automatic_playback: bool | None = None
    playback_rate: Annotated[float, Meta(ge=0.25, le=4)] | None = None
    cache_tts: bool | None = field(default=None, name="cacheTTS")


class SpeechTab(Section, frozen=True, kw_only=True):
    """What people find in their settings."""

    conversation_mode: bool | None = None
    advanced_mode: bool | None = None
    speech_to_text: bool | SpeechToTextTab | None = None
    text_to_speech: bool | TextToSpeechTab | None = None


class Speech(Section, frozen=True, kw_only=True):
    """Voices and transcription."""

    tts: TextToSpeech | None = None
    stt: SpeechToText | None = None
    speech_tab: SpeechTab | None = None
