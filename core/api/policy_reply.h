#pragma once

#include "core/federation/policies.h"
#include "schemas/api.capnp.h"

namespace sanad::api {

/// All of a pack but its text.
void fill_policy(schema::api::PolicyView::Builder out, const federation::SignedPolicy& policy);

}  // namespace sanad::api
