/// Whether what people write in severe conversations is tinted and blurred until it is looked at. A choice of the person at
/// the desk, for this session; and of one conversation, whether all of it is shown clearly for now.
export const veil = $state({ on: true, clear: "" });
