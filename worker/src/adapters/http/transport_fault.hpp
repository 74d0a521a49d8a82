/// @file adapters/http/transport_fault.hpp
/// @brief How an HTTP exchange can end without an answer.
#pragma once

namespace inference {

enum class TransportFault {
    kNotConnected,  ///< Refused, unreachable, or no connection within the connect time.
    kNoSuchHost,
    kBadUrl,
    kTlsHandshake,  ///< Broken off; another try may work.
    kTlsRefused,  ///< A certificate, name or file is wrong: configuration.
    kBroken,  ///< Reset or closed before the answer was complete.
    kDeadline,
    kStalled,  ///< An answer that had begun stopped coming.
    kTooLarge,  ///< The answer passed the cap.
    kRefused,  ///< Whoever took the answer as it came wanted no more of it.
    kUnintelligible,  ///< What came was not HTTP.
    kNoResources,  ///< This process ran out of memory or file descriptors.
};

/// Range: a CURLcode. A timeout counts as kNotConnected, since connecting is all that libcurl times for us.
TransportFault fault_of(int curl_code) noexcept;

}  // namespace inference
