#pragma once

#include "core/base/bytes.h"
#include "tests/support/counter_entropy.h"

namespace sanad::fuzz {

/// One to four changes to `input`, such as a stranger or a bad disk would make: bits, bytes, whole
/// words, cuts, repeats, and pieces of `other`. The same for the same state of `entropy`.
Bytes mutate(const Bytes& input, const Bytes& other, test::CounterEntropy& entropy);

}  // namespace sanad::fuzz
