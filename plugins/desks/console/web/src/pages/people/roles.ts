/// The roles of a node, as core/api/access.h has them.
export const roles = ["volunteer", "counsellor", "supervisor", "flagger", "data_officer", "admin", "auditor"] as const;
