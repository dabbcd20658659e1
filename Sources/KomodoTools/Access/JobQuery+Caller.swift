internal import JobStore

extension JobQuery {
    /// Leaves only the jobs that `caller` may see.
    mutating func restrict(to caller: Caller) {
        principal = caller.seesAll ? nil : caller.name
    }
}
