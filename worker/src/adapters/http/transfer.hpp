/// @file adapters/http/transfer.hpp
/// @brief One HTTP exchange on one libcurl handle: its options, its callbacks, and what came of it.
#pragma once

#include "adapters/http/http_message.hpp"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace inference {

/// Threads: one.
class Transfer {
public:
    struct Limits {
        std::chrono::milliseconds connect_timeout;
        std::chrono::seconds
            max_idle;  ///< A connection that was idle for longer is not used again.
    };

    /// Errors: throws std::bad_alloc.
    Transfer(HttpRequest request, const Limits& limits);

    CURL* easy() const noexcept { return easy_.get(); }

    /// Whether the exchange that ended with `code` deserves another try on a new connection: it used an old one, which died
    /// before the answer began. That happens when a server closes an idle connection in the moment we write to it. If so,
    /// the transfer is ready to be added again; true once at most.
    bool begin_again(CURLcode code);

    /// What came of it. Ends the transfer's life as far as its answer goes, which moves out.
    HttpOutcome outcome(CURLcode code);

    /// The failure to report where our own deadline ended it.
    HttpFailure deadline_failure();
    /// The same where the answer stopped coming.
    HttpFailure stalled_failure();

private:
    struct FreeEasy {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    struct FreeList {
        void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
    };
    using List = std::unique_ptr<curl_slist, FreeList>;

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_connected(void* self, char*, char*, int, int);

    void set_request();
    void set_connection(const Limits& limits);
    void set_tls();
    void set_callbacks();
    void take_header(std::string_view line);
    bool take_body(std::string_view bytes);
    bool streams();
    bool answer_began() const noexcept { return answer_.status != 0; }
    void note_progress();
    HttpFailure failure(TransportFault fault);

    HttpRequest request_;
    HttpAnswer answer_;
    List headers_;
    List connect_to_;
    std::optional<bool> streams_;  // known once the headers have come
    std::size_t body_bytes_ = 0;
    bool has_connected_ = false;  // in this try; libcurl may connect again by itself
    bool reused_ = false;
    bool tried_again_ = false;
    bool sent_ = false;
    bool too_large_ = false;
    bool refused_ = false;
    std::unique_ptr<CURL, FreeEasy> easy_;  // last: it refers to the members above until it is gone
};

}  // namespace inference
