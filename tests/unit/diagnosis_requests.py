"""What triggers the signs of what is wrong with the request: model, parameters, messages; and what
is near them and must not."""

from tests.unit.diagnosis_row import Row, said

MODELS = (
    Row(
        "model_retired",
        400,
        said("The model `x` is gone", code="model_decommissioned"),
        400,
        said("The model `x` is odd", code="model_odd"),
    ),
    Row(
        "model_retired",
        404,
        said("The model `gpt-4-32k` has been deprecated, learn more here"),
        404,
        said("The model `gpt-4-32k` does not exist"),
    ),
    Row("model_retired", 410, "", 411, ""),
    Row(
        "model_not_pulled",
        404,
        '{"error":"model \\"qwen9\\" not found, try pulling it first"}',
        404,
        '{"error":"model \\"qwen9\\" not found"}',
    ),
    Row(
        "model_kind",
        404,
        said("This is not a chat model and thus not supported in the v1/chat/completions endpoint"),
        404,
        said("This is not a model"),
    ),
    Row(
        "tools_not_supported",
        400,
        '{"error":"registry.ollama.ai/library/gemma:2b does not support tools"}',
        400,
        '{"error":"x does not support seeds"}',
    ),
    Row(
        "thinking_not_supported",
        400,
        '{"error":"\\"llama3\\" does not support thinking"}',
        400,
        '{"error":"\\"llama3\\" is thinking"}',
    ),
    Row(
        "images_not_supported",
        200,
        '{"error":{"message":"x is not a multimodal model","code":400}}',
        200,
        '{"error":{"message":"x is no model","code":400}}',
    ),
    Row(
        "format_not_supported",
        400,
        said("This response_format type is unavailable now"),
        400,
        said("This value is unavailable now"),
    ),
    Row(
        "api_version",
        404,
        said("API version not supported"),
        404,
        said("Resource not found"),
    ),
    Row(
        "model_not_found",
        400,
        said("Invalid model name: the model `x` is not a valid model ID"),
        400,
        said("The field `x` is not a valid field"),
    ),
    Row("model_not_found", 404, said("No such deployment"), 404, said("No such thing")),
    Row("path_not_found", 404, '{"detail":"Not Found"}', 403, '{"detail":"Not Found"}'),
    Row("method_not_allowed", 405, '{"detail":"Method Not Allowed"}', 406, "Not Acceptable"),
    Row("redirected", 307, "", 304, ""),
)
PARAMETERS = (
    Row(
        "parameter_renamed",
        400,
        said(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            code="unsupported_parameter",
        ),
        400,
        said("Unsupported parameter: 'seed' is not supported with this model."),
    ),
    Row(
        "max_tokens_too_high",
        400,
        said(
            "max_tokens is too large: 90000. This model supports at most 16384 completion "
            "tokens, whereas you provided 90000."
        ),
        400,
        said("top_k is too large: 900. This model supports at most 64."),
    ),
    Row(
        "max_tokens_missing",
        400,
        said("max_tokens: Field required"),
        400,
        said("temperature: Field required"),
    ),
    Row(
        "parameters_conflict",
        400,
        said("`temperature` and `top_p` cannot both be specified for this model."),
        400,
        said("`temperature` is not supported"),
    ),
    Row(
        "json_word_missing",
        400,
        said("'messages' must contain the word 'json' in some form, to use 'response_format'"),
        400,
        said("'messages' must contain words"),
    ),
    Row(
        "tool_schema_rejected",
        400,
        said(
            "Invalid schema for function 'read_file': array schema missing items.",
            code="invalid_function_parameters",
        ),
        400,
        said("Invalid function"),
    ),
    Row(
        "response_schema_rejected",
        400,
        said("Invalid schema for response_format 'x': 'additionalProperties' is required"),
        400,
        said("Invalid response"),
    ),
    Row(
        "parameter_value",
        400,
        said(
            "Unsupported value: 'temperature' does not support 0.16 with this model. Only the "
            "default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        ),
        400,
        said("Unsupported parameter: 'temperature'", param="temperature"),
    ),
    Row(
        "parameter_refused",
        422,
        '{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","user"],'
        '"msg":"Extra inputs are not permitted"}]}}',
        422,
        '{"object":"error","message":{"detail":[{"type":"missing","loc":["body","x"],"msg":"Field '
        'required"}]}}',
    ),
    Row(
        "field_missing",
        422,
        '{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required"}]}',
        422,
        '{"detail":[{"type":"odd","loc":["body","prompt"],"msg":"Field odd"}]}',
    ),
)
CONTENT = (
    Row(
        "context_too_long",
        400,
        said("Too long", code="context_length_exceeded"),
        400,
        said("Too long", code="length"),
    ),
    Row(
        "context_too_long",
        400,
        said("prompt is too long: 205351 tokens > 200000 maximum"),
        400,
        said("the answer is too long"),
    ),
    Row(
        "reasoning_must_return",
        400,
        said("Missing `reasoning_content` field in the assistant message at message index 2"),
        400,
        said("Missing field in the assistant message at message index 2"),
    ),
    Row(
        "tool_results_missing",
        400,
        said(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'."
        ),
        400,
        said("An assistant message has 'tool_calls'."),
    ),
    Row(
        "roles_must_alternate",
        400,
        said("user and assistant roles should be alternating.", type="invalid_message"),
        400,
        said("user and assistant roles are given."),
    ),
    Row(
        "message_order",
        400,
        said(
            "messages: at least one message is required: requires at least one non-system message"
        ),
        400,
        said("messages: one of them is odd"),
    ),
    Row(
        "message_empty",
        400,
        said(
            "messages.3: all messages must have non-empty content except for the optional final "
            "assistant message"
        ),
        400,
        said("messages.3: all messages must have names"),
    ),
    Row(
        "content_shape",
        400,
        said(
            "Failed to deserialize: messages[0]: invalid type: sequence, expected a string: "
            "content must be a string"
        ),
        400,
        said("Failed: messages[0]"),
    ),
    Row(
        "image_unreadable",
        400,
        said("Could not process image"),
        400,
        said("Could not process this"),
    ),
    Row(
        "content_refused",
        400,
        '{"error":{"code":"content_filter","message":"Filtered","innererror":{"code":'
        '"ResponsibleAIPolicyViolation"}}}',
        400,
        '{"error":{"code":"content","message":"Filtered"}}',
    ),
    Row(
        "content_refused",
        403,
        '{"error":{"code":403,"message":"Input was flagged by moderation","metadata":{"reasons":'
        '["violence"],"flagged_input":"…","provider_name":"OpenAI"}}}',
        403,
        '{"error":{"code":403,"message":"The key was rejected"}}',
    ),
    Row(
        "generation_failed",
        400,
        '{"error":{"message":"Failed to call a function. See failed_generation.","code":'
        '"tool_use_failed","failed_generation":"<x>"}}',
        400,
        '{"error":{"message":"Failed","code":"tool"}}',
    ),
    Row(
        "body_unreadable",
        400,
        said("We could not parse the JSON body of your request."),
        400,
        said("We could not answer your request."),
    ),
    Row("body_unreadable", 415, "", 416, ""),
    Row("error_in_reply", 200, said("It broke"), 218, said("It broke")),
    Row("request_refused", 400, said("Something else"), 418, said("Something else")),
)
