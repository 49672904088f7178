#pragma once

#include "plugins/channels/phone/flow/flow_machine.h"
#include "plugins/channels/phone/media/prompt_pack.h"

#include <memory>
#include <string>
#include <vector>

namespace sanad::phone {

/// Makes sound of what a flow wants to be said: recorded prompts, and numbers as recorded words.
class Speaker {
public:
    /// prompts  outlives the speaker
    explicit Speaker(const PromptPacks& prompts) : prompts_(prompts) {}

    /// What is recorded in no language of the chain is left out, never made up.
    std::vector<std::shared_ptr<const Prompt>> sounds(const std::vector<Spoken>& items) const;

    /// The ids of the prompts that say it: digits one by one (n0..n9, star, hash); a place in the
    /// queue (position_1..position_20, position_many); minutes (wait_5: less than five), rounded up
    /// to one that is recorded (wait_long).
    static std::vector<std::string> prompts_of(const Spoken& item);

private:
    const PromptPacks& prompts_;
};

}  // namespace sanad::phone
