internal import JSON
internal import Jobs

/// How busy a server is, from `SystemStats` or from the shorter form in lists.
enum ServerMetrics {
    /// The documented texts, each with its numbers; empty without stats.
    static func document(_ stats: JSONValue?) -> JSONObject {
        guard let stats, stats.object != nil else { return [:] }
        var document: JSONObject = [:]
        document.put("cpu_usage", text: stats["cpu_perc"]?.double.map(HumanText.percent))
        document.put("cpu_usage_percent", decimal: stats["cpu_perc"]?.double)
        document.merge(
            usage(
                "memory", used: stats["mem_used_gb"]?.double, total: stats["mem_total_gb"]?.double))
        let disk = disk(stats)
        document.merge(usage("disk", used: disk.used, total: disk.total))
        document.merge(network(stats))
        document.put("load_average", object: loadAverage(stats["load_average"]))
        document.put("measured_at", moment: stats["refresh_ts"]?.timestamp)
        return document
    }

    /// `memory_usage` and the like, as text and as numbers.
    static func usage(_ what: String, used: Double?, total: Double?) -> JSONObject {
        guard let used, let total else { return [:] }
        var document: JSONObject = [:]
        document.put("\(what)_usage", text: HumanText.gigabytes(used, of: total))
        document.put("\(what)_used_gb", decimal: used)
        document.put("\(what)_total_gb", decimal: total)
        if total > 0 { document.put("\(what)_usage_percent", decimal: 100 * used / total) }
        return document
    }

    /// One entry for each disk.
    static func disks(_ stats: JSONValue) -> [JSONObject] {
        (stats["disks"]?.array ?? []).map { disk in
            var entry: JSONObject = [:]
            entry.put("mount", text: disk["mount"]?.string)
            entry.put("file_system", text: disk["file_system"]?.string)
            let (used, total) = (disk["used_gb"]?.double ?? 0, disk["total_gb"]?.double ?? 0)
            entry.put("usage", text: HumanText.gigabytes(used, of: total))
            entry.put("used_gb", decimal: used)
            entry.put("total_gb", decimal: total)
            return entry
        }
    }

    /// All disks together, as Core adds them up in lists.
    private static func disk(_ stats: JSONValue) -> (used: Double?, total: Double?) {
        if let total = stats["disk_total_gb"]?.double {
            return (stats["disk_used_gb"]?.double, total)
        }
        guard let disks = stats["disks"]?.array, !disks.isEmpty else { return (nil, nil) }
        return (
            disks.reduce(0) { $0 + ($1["used_gb"]?.double ?? 0) },
            disks.reduce(0) { $0 + ($1["total_gb"]?.double ?? 0) }
        )
    }

    /// Core tells the bytes since the poll before; the time between two polls makes a rate of them.
    private static func network(_ stats: JSONValue) -> JSONObject {
        guard let seconds = seconds(stats["polling_rate"]?.string ?? "") else { return [:] }
        var document: JSONObject = [:]
        for (field, source) in [
            ("network_in", "network_ingress_bytes"), ("network_out", "network_egress_bytes"),
        ] {
            guard let bytes = stats[source]?.double else { continue }
            document.put(field, text: HumanText.rate(bytes / seconds))
            document.put("\(field)_bytes_per_second", decimal: bytes / seconds, digits: 0)
        }
        return document
    }

    private static func loadAverage(_ load: JSONValue?) -> JSONObject {
        var document: JSONObject = [:]
        for field in ["one", "five", "fifteen"] {
            document.put(field, decimal: load?[field]?.double)
        }
        return document
    }

    /// The seconds of Core's `5-sec`, `1-min` and the like; nil for what is no such text.
    static func seconds(_ interval: String) -> Double? {
        let parts = interval.split(separator: "-")
        guard parts.count == 2, let count = Double(parts[0]), count > 0 else { return nil }
        return switch parts[1] {
        case "sec": count
        case "min": count * 60
        case "hr": count * 3_600
        case "day": count * 86_400
        default: nil
        }
    }
}
