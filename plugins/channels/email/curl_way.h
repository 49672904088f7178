#pragma once

#include "plugins/channels/email/wire.h"

#include <curl/curl.h>

#include <memory>

// What every use of libcurl here has in common.
namespace sanad::email {

struct CurlEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlEnd>;

/// Prepares a handle: the socket comes from `way`, no name is looked up, no file read, no signal
/// set, the certificate is checked against way.authorities.
///
/// url     scheme://host:port
/// names   keeps what the handle borrows; both end after it, names last
struct CurlNames {
    curl_slist* resolve = nullptr;
    const Way* way = nullptr;
    const Cancel* cancel = nullptr;
    Place place;
    CurlNames() = default;
    CurlNames(const CurlNames&) = delete;
    CurlNames& operator=(const CurlNames&) = delete;
    ~CurlNames() { curl_slist_free_all(resolve); }
};
Curl prepare(const std::string& url, const Place& place, const Way& way, const Cancel& cancel,
             CurlNames& names);

WireFault fault_of(CURLcode code);

}  // namespace sanad::email
