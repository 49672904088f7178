#pragma once

#include <unistd.h>

#include <utility>

namespace sanad {

/// An open file descriptor; closes it when it goes. Moved, never copied.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    /// The number, which is the caller's to close from now on.
    int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

}  // namespace sanad
