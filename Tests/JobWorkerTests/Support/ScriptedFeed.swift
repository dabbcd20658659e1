import KomodoClient
import Synchronization

/// A feed that tells what a test makes it tell, for as long as it is heard.
final class ScriptedFeed: UpdateFeed {
    private let opens: Bool
    private let listener = Mutex<(@Sendable (FeedNews) -> Void)?>(nil)

    /// A feed that begins when it is heard, or never.
    init(opens: Bool = true) { self.opens = opens }

    /// Whether somebody hears.
    var isHeard: Bool { listener.withLock { $0 != nil } }

    func run(_ hear: @escaping @Sendable (FeedNews) -> Void) async {
        if opens { hear(.opened) }
        listener.withLock { $0 = hear }
        let (end, ending) = AsyncStream.makeStream(of: Void.self)
        for await _ in end {}
        ending.finish()
        listener.withLock { $0 = nil }
    }

    /// Tells something to whoever hears.
    func tell(_ hint: UpdateHint) { listener.withLock { $0 }?(.told(hint)) }
}

/// Passes a feed on and remembers when it began and ended.
final class TappedFeed: UpdateFeed {
    private let feed: any UpdateFeed
    private let state = Mutex((openings: 0, losses: 0, listeners: 0))

    init(_ feed: any UpdateFeed) { self.feed = feed }

    /// How often a connection began.
    var openings: Int { state.withLock { $0.openings } }
    /// How often one ended, or did not come about.
    var losses: Int { state.withLock { $0.losses } }
    /// Whether somebody hears.
    var isHeard: Bool { state.withLock { $0.listeners > 0 } }

    func run(_ hear: @escaping @Sendable (FeedNews) -> Void) async {
        state.withLock { $0.listeners += 1 }
        await feed.run { news in
            hear(news)
            self.state.withLock { state in
                switch news {
                case .opened: state.openings += 1
                case .lost: state.losses += 1
                case .told: break
                }
            }
        }
        state.withLock { $0.listeners -= 1 }
    }
}
