#include "events/redis_connection.hpp"

#include <hiredis.h>
#include <signal.h>
#include <sys/time.h>

#include <utility>

namespace inference {
namespace {

using Refused = tl::unexpected<std::string>;

/// hiredis writes in a way that ends the process where the server has hung up; this keeps that from its thread.
class WithoutPipeSignal {
public:
    WithoutPipeSignal() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    WithoutPipeSignal(const WithoutPipeSignal&) = delete;
    WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;
    ~WithoutPipeSignal() {
        const timespec at_once{};
        if (sigismember(&before_, SIGPIPE) == 0) {
            sigtimedwait(&pipe_, nullptr, &at_once);
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t pipe_{};
    sigset_t before_{};
};

timeval to_timeval(std::chrono::milliseconds time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return {
        .tv_sec = seconds.count(),
        .tv_usec = std::chrono::microseconds(time - seconds).count(),
    };
}

std::vector<RedisConnection::Command> login(const RedisAddress& address) {
    std::vector<RedisConnection::Command> commands;
    if (!address.password.empty() && address.user.empty()) {
        commands.push_back({"AUTH", address.password});
    } else if (!address.password.empty()) {
        commands.push_back({"AUTH", address.user, address.password});
    }
    if (address.database != 0) {
        commands.push_back({"SELECT", std::to_string(address.database)});
    }
    // A server that wants a password says so to this; at a longer command it just hangs up.
    commands.push_back({"PING"});
    return commands;
}

}  // namespace

RedisConnection::RedisConnection(redisContext* context, std::string place)
    : context_(context, redisFree), place_(std::move(place)) {}

tl::expected<RedisConnection, std::string> RedisConnection::open(
    const RedisAddress& address, std::chrono::milliseconds patience
) {
    const std::string place = shown_place(address);
    redisContext* const context =
        redisConnectWithTimeout(address.host.c_str(), address.port, to_timeval(patience));
    if (context == nullptr) {
        return Refused(place + ": no memory");
    }
    RedisConnection connection(context, place);
    if (context->err != 0) {
        return Refused(connection.trouble());
    }
    redisEnableKeepAlive(context);
    if (auto set = connection.set_patience(patience); !set) {
        return Refused(set.error());
    }
    if (auto in = connection.ask(login(address)); !in) {
        return Refused(in.error());
    }
    return connection;
}

tl::expected<std::vector<RedisConnection::Reply>, std::string> RedisConnection::ask(
    const std::vector<Command>& commands
) {
    const WithoutPipeSignal without;
    for (const Command& command : commands) {
        std::vector<const char*> words;
        std::vector<std::size_t> sizes;
        for (const std::string& word : command) {
            words.push_back(word.data());
            sizes.push_back(word.size());
        }
        const int count = static_cast<int>(words.size());
        if (redisAppendCommandArgv(context_.get(), count, words.data(), sizes.data()) != REDIS_OK) {
            return Refused(trouble());
        }
    }
    std::vector<Reply> replies;
    std::string refusal;
    for (std::size_t at = 0; at < commands.size(); ++at) {
        void* reply = nullptr;
        if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
            return Refused(trouble());
        }
        replies.emplace_back(static_cast<redisReply*>(reply), freeReplyObject);
        if (replies.back()->type == REDIS_REPLY_ERROR && refusal.empty()) {
            refusal = std::string(replies.back()->str, replies.back()->len);
        }
    }
    if (!refusal.empty()) {
        // Its first word says what is wrong: WRONGPASS, NOAUTH, OOM, READONLY. The rest may quote.
        return Refused(place_ + " answers " + refusal.substr(0, refusal.find(' ')));
    }
    return replies;
}

tl::expected<void, std::string> RedisConnection::set_patience(std::chrono::milliseconds patience) {
    if (redisSetTimeout(context_.get(), to_timeval(patience)) != REDIS_OK) {
        return Refused(trouble());
    }
    return {};
}

bool RedisConnection::is_good() const noexcept {
    return context_->err == 0;
}

int RedisConnection::descriptor() const noexcept {
    return context_->fd;
}

std::string RedisConnection::trouble() const {
    return place_ + ": " + context_->errstr;
}

}  // namespace inference
