#pragma once

#include "core/base/result.h"
#include "schemas/api.capnp.h"

#include <string_view>

namespace sanad::api {

/// A detail that begins with this goes to the caller as it is: what is wrong in a form that an
/// administrator has just written.
inline constexpr std::string_view form_problem = "form|";

/// An error as the caller may know it: a code that never changes, what is wrong in one plain
/// sentence, and how to mend it. Details of the machine stay in the log.
void fill(schema::api::ErrorReply::Builder reply, const Error& error);

/// The code alone: the rule that refused, when the error names one, else the fault.
std::string code_of(const Error& error);

}  // namespace sanad::api
