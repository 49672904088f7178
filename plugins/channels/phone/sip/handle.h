#pragma once

#include <memory>

// libre counts references; this owns one. Internal: the types stay incomplete in headers.
struct mbuf;
struct mqueue;
struct sip;
struct sip_lsnr;
struct sip_msg;
struct sipreg;
struct sipsess;
struct sipsess_sock;
struct tls;

namespace sanad::phone {

struct Release {
    void operator()(void* object) const noexcept;
};

template <typename T>
using Handle = std::unique_ptr<T, Release>;

}  // namespace sanad::phone
