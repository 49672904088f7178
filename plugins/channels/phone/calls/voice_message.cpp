#include "plugins/channels/phone/calls/voice_message.h"

#include <utility>

namespace sanad::phone {

void VoiceMessage::take(Frame frame) {
    if (cut_ || finished_) return;
    bytes_.append(reinterpret_cast<const char*>(frame.data()), frame.size());
    if (bytes_.size() < frames_of_part * frame.size()) return;
    // Rather a message that ends too early, and says so, than sound that stutters for everybody.
    if (under_way_ >= parts_under_way_max) {
        cut_ = true;
        return;
    }
    send(false);
}

void VoiceMessage::finish() {
    if (finished_) return;
    finished_ = true;
    if (!cut_) send(true);
}

std::chrono::seconds VoiceMessage::length() const { return std::chrono::seconds(next_); }

void VoiceMessage::send(bool last) {
    ++under_way_;
    send_({next_++, std::exchange(bytes_, {}), last});
}

}  // namespace sanad::phone
