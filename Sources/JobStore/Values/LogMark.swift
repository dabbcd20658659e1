/// How far a job's log has come: another one means that there is more to read.
///
/// A stage grows only while it is the newest, and what is stored at the end is the whole log. So
/// only the newest stage is looked at, however long the others are.
package struct LogMark: Sendable, Hashable {
    /// Whether the job has ended.
    let isOver: Bool
    let stages: Int
    /// The newest stage's attempt, position and size in bytes; nothing when there is none.
    let newest: [Int]
}
