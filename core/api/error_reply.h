#pragma once

#include "core/base/result.h"
#include "schemas/api.capnp.h"

namespace sanad::api {

/// An error as the caller may know it: a code that never changes, what is wrong in one plain
/// sentence, and how to mend it. Details of the machine stay in the log.
void fill(schema::api::ErrorReply::Builder reply, const Error& error);

/// The code alone: the rule that refused, when the error names one, else the fault.
std::string code_of(const Error& error);

}  // namespace sanad::api
