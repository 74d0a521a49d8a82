// A member that no definition mentions, used as the key of a handler.
#include "temporal/workflow.hpp"

struct Chat {
    temporal::Task<void> run(temporal::WorkflowContext ctx);
    void say(int line);
    void whisper(int line);
    static constexpr auto definition =
        temporal::workflow<&Chat::run>("Chat", temporal::signal<"say", &Chat::say>);
};

constexpr auto kSay = temporal::detail::handler_name<&Chat::say>();
#ifdef MUST_NOT_COMPILE
constexpr auto kWhisper = temporal::detail::handler_name<&Chat::whisper>();
#endif
