private import FoundationEssentials

/// What the kernel counts for a process, all of its threads together.
struct ProcessFacts: Sendable, Hashable {
    /// Memory in RAM, in bytes.
    let residentBytes: Int
    /// Time on a processor.
    let processorTime: Duration
    /// How often a thread that waited went on, or one that worked was interrupted.
    let switches: Int

    init(residentBytes: Int, processorTime: Duration, switches: Int) {
        self.residentBytes = residentBytes
        self.processorTime = processorTime
        self.switches = switches
    }

    /// The facts of a live process.
    init(pid: Int) throws(BenchError) {
        let folder = "/proc/\(pid)"
        guard let resident = Self.number("VmRSS", in: Self.text("\(folder)/status")),
            // It has ended.
            let threads = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/task")
        else { throw BenchError("Process \(pid) is gone, so nothing can be counted.") }
        residentBytes = resident * 1_024
        var (nanoseconds, switches) = (Int64(0), 0)
        for thread in threads.map({ "\(folder)/task/\($0)" }) {
            nanoseconds += Self.nanoseconds(Self.text("\(thread)/schedstat"))
            switches += Self.switches(Self.text("\(thread)/status"))
        }
        processorTime = .nanoseconds(nanoseconds)
        self.switches = switches
    }

    private static func text(_ path: String) -> String {
        // A thread that has ended meanwhile counts no more.
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// The first figure of `schedstat`.
    static func nanoseconds(_ text: String) -> Int64 {
        text.split(separator: " ").first.flatMap { Int64($0) } ?? 0
    }

    static func switches(_ status: String) -> Int {
        (number("voluntary_ctxt_switches", in: status) ?? 0)
            + (number("nonvoluntary_ctxt_switches", in: status) ?? 0)
    }

    /// The number on the line of that name.
    static func number(_ name: String, in status: String) -> Int? {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split { !$0.isNumber }.first.flatMap { Int($0) }
    }
}
