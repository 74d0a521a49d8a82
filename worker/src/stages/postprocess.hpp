/// @file stages/postprocess.hpp
/// @brief The last step of a job: from the engine's answer to the response.
#pragma once

#include "contracts/infer_response.hpp"
#include "contracts/inferred.hpp"
#include "contracts/result.hpp"

#include <string>

namespace inference {

/// Normalises text, tensors, usage and finish reason, applies the model's filters, and carries the metadata through.
///
/// Shape of `output`, by the task:
/// | task | output |
/// |---|---|
/// | chat, completion: one text | `content`; beside it what else the engine gave: `tool_calls`, `reasoning_content`, `refusal`, `logprobs` |
/// | chat, completion: `n` > 1 or a list of prompts | `choices`: a list of {`index`, `content`, `finish_reason`, `truncated`} and the same beside it; all choices of the first prompt, then of the second |
/// | embed | `embeddings`: a list of number lists (of base64 strings if the parameters asked for it), in the order of the texts |
/// | score | `scores`: a list of numbers, in the order of the pairs |
/// | rerank | `results`: a list of {`index`, `relevance_score`, `document`?}, the most relevant first, as the engine gave it |
/// | classify, pooling | `data`: the engine's list, in the order of the texts |
/// | tensors | `outputs`: a list of {`name`, `datatype`, `shape`, `data`} with flat `data` |
///
/// `content` of the response is the text, of several the first. `truncated` says that a text, any of several, ended at its
/// token limit, and then `finish_reason` is "length"; else it is the first text's. The filters change texts only: usage and
/// finish reason stay the engine's. `attempts`, `timings.postprocess` and `timings.total` are for the caller to fill in.
///
/// Errors: those of check_reply(), for what infer let through.
/// Threads: a pure function, and reads no clock.
Result<InferResponse> postprocess(Inferred inferred, std::string job_id);

}  // namespace inference
