#include "tests/support/zmtp_peer.h"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace sanad::support {
namespace {

using Nonce = std::array<std::uint8_t, crypto_box_NONCEBYTES>;

constexpr std::uint8_t is_long = 2;
constexpr std::uint8_t is_command = 4;
constexpr std::size_t cookie_bytes = 96;

Nonce nonce_of(std::string_view prefix, ByteView rest) {
    Bytes joined(prefix.begin(), prefix.end());
    append(joined, rest);
    Nonce nonce{};
    if (joined.size() != nonce.size()) throw std::logic_error("a nonce of another size");
    std::copy(joined.begin(), joined.end(), nonce.begin());
    return nonce;
}

Bytes big_endian(std::uint64_t value) {
    Bytes bytes;
    append_big_endian(bytes, value);
    return bytes;
}

Bytes box(ByteView plain, const Nonce& nonce, const ZmtpPeer::Key& to,
          const ZmtpPeer::Key& secret) {
    Bytes sealed(plain.size() + crypto_box_MACBYTES);
    if (crypto_box_easy(sealed.data(), plain.data(), plain.size(), nonce.data(), to.data(),
                        secret.data()) != 0)
        throw std::runtime_error("CurveZMQ: box");
    return sealed;
}

// Length of the name, then the name: the head of a command and of a piece of metadata.
void append_name(Bytes& to, std::string_view name) {
    to.push_back(static_cast<std::uint8_t>(name.size()));
    append(to, bytes_of(name));
}

void append_metadata(Bytes& to, std::string_view name, ByteView value) {
    append_name(to, name);
    append_big_endian(to, static_cast<std::uint32_t>(value.size()));
    append(to, value);
}

Bytes greeting() {
    Bytes bytes{0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, 'C', 'U', 'R', 'V', 'E'};
    bytes.resize(64);
    return bytes;
}

void append_head(Bytes& to, std::uint8_t flags, std::size_t size) {
    if (size > 255) {
        to.push_back(flags | is_long);
        append_big_endian(to, static_cast<std::uint64_t>(size));
    } else {
        to.push_back(flags);
        to.push_back(static_cast<std::uint8_t>(size));
    }
}

}  // namespace

ZmtpPeer::ZmtpPeer(const std::string& endpoint, const Keys& keys, ByteView identity)
    : tcp_(endpoint) {
    tcp_.send(greeting());
    if (tcp_.receive(64).size() != 64) throw std::runtime_error("ZMTP: no greeting");
    shake_hands(keys, identity);
}

void ZmtpPeer::shake_hands(const Keys& keys, ByteView identity) {
    Key short_term{}, short_term_secret{};
    crypto_box_keypair(short_term.data(), short_term_secret.data());

    Bytes hello;
    append_name(hello, "HELLO");
    append(hello, Bytes{1, 0});
    hello.resize(hello.size() + 72);
    append(hello, short_term);
    append(hello, big_endian(count_));
    append(hello, box(Bytes(64), nonce_of("CurveZMQHELLO---", big_endian(count_)), keys.server,
                      short_term_secret));
    send_command(hello);

    const Bytes welcome = receive_body();
    if (welcome.size() != 168) throw std::runtime_error("CurveZMQ: no WELCOME");
    Bytes opened(128);
    const Nonce nonce = nonce_of("WELCOME-", ByteView(welcome).subspan(8, 16));
    if (crypto_box_open_easy(opened.data(), welcome.data() + 24, 144, nonce.data(),
                             keys.server.data(), short_term_secret.data()) != 0)
        throw std::runtime_error("CurveZMQ: WELCOME");
    Key server_short_term{};
    std::copy_n(opened.begin(), server_short_term.size(), server_short_term.begin());
    if (crypto_box_beforenm(shared_.data(), server_short_term.data(), short_term_secret.data()) !=
        0)
        throw std::runtime_error("CurveZMQ: shared key");

    Bytes vouched(short_term.begin(), short_term.end());
    append(vouched, keys.server);
    Bytes vouch_nonce(16);
    randombytes_buf(vouch_nonce.data(), vouch_nonce.size());
    Bytes plain(keys.own.begin(), keys.own.end());
    append(plain, vouch_nonce);
    append(plain, box(vouched, nonce_of("VOUCH---", vouch_nonce), server_short_term, keys.secret));
    append_metadata(plain, "Socket-Type", bytes_of("DEALER"));
    append_metadata(plain, "Identity", identity);

    Bytes initiate;
    append_name(initiate, "INITIATE");
    append(initiate, ByteView(opened).subspan(32, cookie_bytes));
    append(initiate, big_endian(++count_));
    append(initiate, box(plain, nonce_of("CurveZMQINITIATE", big_endian(count_)), server_short_term,
                         short_term_secret));
    send_command(initiate);
    const Bytes ready = receive_body();
    if (ready.size() < 6 || text_of(ready).substr(1, 5) != "READY")
        throw std::runtime_error("CurveZMQ: no READY");
}

void ZmtpPeer::send_command(ByteView body) {
    Bytes bytes;
    append_head(bytes, is_command, body.size());
    append(bytes, body);
    tcp_.send(bytes);
}

Bytes ZmtpPeer::receive_body() {
    const Bytes flags = tcp_.receive(1);
    if (flags.empty()) return {};
    const Bytes size = tcp_.receive((flags[0] & is_long) != 0 ? 8 : 1);
    std::uint64_t count = 0;
    for (const auto byte : size) count = count << 8 | byte;
    return tcp_.receive(count);
}

void ZmtpPeer::append_frame(Bytes& to, ByteView frame, More more) {
    Bytes plain{static_cast<std::uint8_t>(more)};
    append(plain, frame);
    const Nonce nonce = nonce_of("CurveZMQMESSAGEC", big_endian(++count_));
    const std::size_t sealed = plain.size() + crypto_box_MACBYTES;
    append_head(to, 0, 16 + sealed);
    append_name(to, "MESSAGE");
    append(to, big_endian(count_));
    to.resize(to.size() + sealed);
    crypto_box_easy_afternm(to.data() + to.size() - sealed, plain.data(), plain.size(),
                            nonce.data(), shared_.data());
}

bool ZmtpPeer::send(ByteView frame, More more) { return send_many(frame, more, 1); }

bool ZmtpPeer::send_many(ByteView frame, More more, std::size_t times) {
    Bytes bytes;
    for (std::size_t i = 0; i < times; ++i) append_frame(bytes, frame, more);
    return tcp_.send(bytes);
}

}  // namespace sanad::support
