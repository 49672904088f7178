// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/plugin.h>

#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

// Cap'n Proto messages as they cross the plugin boundary: one flat message, read in place. A plugin
// author meets Error and typed readers; the rest serves plugin.hpp and host.hpp.
namespace sanad::plugin {

inline constexpr std::size_t message_bytes_max = 256U << 10;         // either direction
inline constexpr std::uint64_t message_traversal_words = 64U << 10;  // each byte may be read twice
inline constexpr int message_nesting_max = 32;

/// Thrown inside a plugin to answer a call of the host with `status`.
///
/// code  a fixed text such as "gateway.refused" for the node's log; never what a person wrote
class Error : public std::exception {
public:
    Error(sanad_status status, const char* code) : status_(status), code_(code) {}
    sanad_status status() const { return status_; }
    const char* what() const noexcept override { return code_; }

private:
    sanad_status status_;
    const char* code_;
};

/// One flat message, read where it lies. `bytes` must outlive it and everything read from it.
/// throws  Error SANAD_E_INVALID; what is wrong further inside shows as kj::Exception when it is
/// read
template <typename Schema>
class Received {
public:
    explicit Received(sanad_span bytes) try
        : message_(words(bytes), {message_traversal_words, message_nesting_max}),
          root_(message_.getRoot<Schema>()) {
        if (message_.getEnd() != static_cast<const capnp::word*>(bytes.data) + bytes.size / 8)
            throw Error(SANAD_E_INVALID, "message.trailing_bytes");
    } catch (const kj::Exception&) {
        throw Error(SANAD_E_INVALID, "message.malformed");
    }

    typename Schema::Reader operator*() const { return root_; }
    const typename Schema::Reader* operator->() const { return &root_; }

private:
    static kj::ArrayPtr<const capnp::word> words(sanad_span bytes) {
        if (bytes.size == 0 || bytes.size % sizeof(capnp::word) != 0 ||
            bytes.size > message_bytes_max)
            throw Error(SANAD_E_INVALID, "message.bad_size");
        if (reinterpret_cast<std::uintptr_t>(bytes.data) % alignof(capnp::word) != 0)
            throw Error(SANAD_E_INVALID, "message.unaligned");
        return {static_cast<const capnp::word*>(bytes.data), bytes.size / sizeof(capnp::word)};
    }

    capnp::FlatArrayMessageReader message_;
    typename Schema::Reader root_;
};

/// A built message in one segment, the only form that crosses the boundary. A message that outgrew
/// its first segment while it was built is copied once more.
inline kj::Array<capnp::word> flatten(capnp::MessageBuilder& message) {
    const auto segments = message.getSegmentsForOutput();
    if (segments.size() == 1) return capnp::messageToFlatArray(segments);
    std::size_t words = 1;
    for (const auto& segment : segments) words += segment.size();
    capnp::MallocMessageBuilder whole(static_cast<unsigned>(words),
                                      capnp::AllocationStrategy::FIXED_SIZE);
    whole.setRoot(message.getRoot<capnp::AnyPointer>().asReader());
    return capnp::messageToFlatArray(whole);
}

/// Writes a built message into the other side's memory.
/// returns  SANAD_OK, or SANAD_E_FULL when the sink takes no more
inline sanad_status emit(capnp::MessageBuilder& message, const sanad_sink& sink) {
    const kj::Array<capnp::word> flat = flatten(message);
    const std::size_t bytes = flat.size() * sizeof(capnp::word);
    void* memory = bytes <= message_bytes_max ? sink.reserve(sink.ctx, bytes) : nullptr;
    if (!memory) return SANAD_E_FULL;
    std::memcpy(memory, flat.begin(), bytes);
    sink.commit(sink.ctx, bytes);
    return SANAD_OK;
}

/// Memory for one message from the other side, and the sink that fills it.
class Inbox {
public:
    explicit Inbox(std::size_t bytes_max = message_bytes_max) : bytes_max_(bytes_max) {}
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    const sanad_sink* sink() const { return &sink_; }
    /// What was committed; size 0 when nothing was.
    sanad_span bytes() const { return {words_.get(), committed_}; }

private:
    static void* reserve(void* self, std::size_t bytes) {
        auto& inbox = *static_cast<Inbox*>(self);
        if (bytes == 0 || bytes > inbox.bytes_max_) return nullptr;
        inbox.words_ = std::make_unique<capnp::word[]>((bytes + 7) / sizeof(capnp::word));
        inbox.reserved_ = bytes;
        inbox.committed_ = 0;
        return inbox.words_.get();
    }
    static void commit(void* self, std::size_t bytes) {
        auto& inbox = *static_cast<Inbox*>(self);
        if (bytes <= inbox.reserved_) inbox.committed_ = bytes;
    }

    std::size_t bytes_max_;
    std::size_t reserved_ = 0;
    std::size_t committed_ = 0;
    std::unique_ptr<capnp::word[]> words_;
    sanad_sink sink_{this, reserve, commit};
};

/// Bytes given as characters, as a Cap'n Proto Data.
inline capnp::Data::Reader data_of(std::string_view bytes) {
    return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
/// A Cap'n Proto Text (any bytes; the schema's rules about them are the receiver's to check).
inline capnp::Text::Reader text_of(std::string_view text, std::string& storage) {
    storage.assign(text);  // a Text ends with a zero byte, which a string_view need not have
    return {storage.c_str(), storage.size()};
}
/// The bytes of a Data or Text, borrowed from its message.
inline std::string_view view_of(capnp::Data::Reader data) {
    return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string_view view_of(capnp::Text::Reader text) { return {text.begin(), text.size()}; }

}  // namespace sanad::plugin
