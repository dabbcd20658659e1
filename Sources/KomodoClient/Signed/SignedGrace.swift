/// How long the signed interface has to show the same, in reads of which none fails, before that
/// counts: multiples of the grace after which a lost submission counts as never started.
struct SignedGrace: Sendable, Hashable {
    /// The grace of reconciliation, 30 s by default.
    let base: Duration

    /// A server that is already where an order leads may still have to begin with it: 10 s.
    var settling: Duration { base / 3 }
    /// A run that was accepted has to show in the history of a target at rest: 60 s.
    ///
    /// Twice as long as for a submission without an answer, because of this one Komodo has said
    /// that it has it.
    var trace: Duration { base * 2 }
    /// A server or a repository has to move after an order, and what is `pending` has to begin:
    /// 10 minutes.
    var movement: Duration { base * 20 }
}
