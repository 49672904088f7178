#pragma once

#include "core/base/bytes.h"

#include <sanad/plugin.h>

#include <algorithm>
#include <utility>

namespace sanad::plugins {

/// Memory for one reply, and the sink that fills it: at most `bytes_max`.
class ReplyBuffer {
public:
    explicit ReplyBuffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    ReplyBuffer(const ReplyBuffer&) = delete;
    ReplyBuffer& operator=(const ReplyBuffer&) = delete;

    const sanad_sink* sink() const { return &sink_; }
    /// What was committed; empty when nothing was.
    Bytes take() {
        bytes_.resize(std::min(bytes_.size(), committed_));
        return std::move(bytes_);
    }

private:
    static void* reserve(void* ctx, std::size_t bytes) {
        auto& buffer = *static_cast<ReplyBuffer*>(ctx);
        if (bytes == 0 || bytes > buffer.bytes_max_) return nullptr;
        buffer.bytes_.assign(bytes, 0);
        buffer.committed_ = 0;
        return buffer.bytes_.data();
    }
    static void commit(void* ctx, std::size_t bytes) {
        static_cast<ReplyBuffer*>(ctx)->committed_ = bytes;
    }

    const std::size_t bytes_max_;
    Bytes bytes_;
    std::size_t committed_ = 0;
    sanad_sink sink_{this, reserve, commit};
};

}  // namespace sanad::plugins
