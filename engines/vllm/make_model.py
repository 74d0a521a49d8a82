"""Writes a tiny model without weights, for `--load-format dummy`: make_model.py FOLDER

Its tokens are the 256 bytes and a few marks, so that a text's length in tokens is its length in UTF-8. What it
answers is noise, but the same noise for the same text.
"""

import json
import pathlib
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

MARKS = ["<s>", "</s>", "<|user|>", "<|assistant|>", "<|system|>"]
VOCABULARY = 320
CONTEXT = 16384
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "head_dim": 32,  # the smallest that vLLM's attention on CPUs knows
    "hidden_act": "silu",
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "max_position_embeddings": CONTEXT,
    "vocab_size": VOCABULARY,
    "bos_token_id": 256,
    "eos_token_id": 257,
    "tie_word_embeddings": True,
    "dtype": "bfloat16",
}


def tokenizer():
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    # Whatever number the model picks has a text.
    fill = [f"\u0120w{number}" for number in range(len(letters) + len(MARKS), VOCABULARY)]
    words = {word: number for number, word in enumerate(letters + MARKS + fill)}
    made = Tokenizer(models.BPE(vocab=words, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in MARKS])
    return made


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True)
    made = tokenizer()
    assert made.token_to_id("<s>") == CONFIG["bos_token_id"] and made.token_to_id("</s>") == CONFIG["eos_token_id"]
    made.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "model_max_length": CONTEXT,
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps(CONFIG))


main()
