/// What a counsellor must not overlook: somebody is in danger, or words of ours did not arrive where they should.
const urgent = ["danger_digit", "not_delivered", "maybe_not_sent", "callback_failed", "other_sender"];

export const standsOut = (mark: string): boolean => urgent.includes(mark);

/// Each once, those that stand out first.
export const marksInOrder = (marks: string[]): string[] => {
  const once = [...new Set(marks)];
  return [...once.filter(standsOut), ...once.filter((mark) => !standsOut(mark))];
};

/// What somebody who wants to be called back has asked for; nothing where they did not.
export interface CallBack {
  when: string; // the mark that says it; empty: not said
  who: string; // the same of who may know: nobody but them where it was not said
  mayLeaveMessage: boolean;
}
export function callBackOf(marks: string[]): CallBack | undefined {
  if (!marks.includes("callback_wanted")) return undefined;
  return {
    when: ["callback_now", "callback_morning", "callback_afternoon", "callback_evening"].find((one) => marks.includes(one)) ?? "",
    who: marks.includes("callback_anyone") && !marks.includes("callback_only_caller") ? "callback_anyone" : "callback_only_caller",
    mayLeaveMessage: marks.includes("callback_may_leave_message"),
  };
}
