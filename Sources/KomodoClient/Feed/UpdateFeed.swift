/// What Komodo tells of its updates by itself, while they change.
///
/// A word of it may come late, twice or never, and what was missed is not told again: it says when
/// to look, never what is so.
package protocol UpdateFeed: Sendable {
    /// Listens until the task is cancelled, and connects again whenever the connection is lost.
    ///
    /// - Parameter hear: called in order from any thread; it must not block.
    func run(_ hear: @escaping @Sendable (FeedNews) -> Void) async
}

/// What a feed passes on.
package enum FeedNews: Sendable, Hashable {
    /// From now on changes are told.
    case opened
    case told(UpdateHint)
    /// Nothing is told any more, or a try to connect has failed.
    case lost(KomodoError)
}

/// A sign that an update was saved; of all users' updates, those that the key may see.
package struct UpdateHint: Sendable, Hashable {
    /// 24 hexadecimal digits.
    package let id: String
    package let status: UpdateStatus

    package init(id: String, status: UpdateStatus) {
        self.id = id
        self.status = status
    }
}
