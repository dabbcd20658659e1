internal import JSON

extension World {
    /// How busy a connected server is: `SystemStats`.
    func systemStats(_ version: CoreVersion) -> JSONValue {
        var stats = Self.commonStats(version)
        stats["disks"] = [
            [
                "mount": "/", "file_system": "ext4", "used_gb": .number("35.0"),
                "total_gb": .number("80.0"),
            ],
            [
                "mount": "/data", "file_system": "xfs", "used_gb": .number("10.0"),
                "total_gb": .number("20.0"),
            ],
        ]
        return .object(stats)
    }

    /// The shorter form in the items of lists (2.3 and later).
    func minimalStats(_ version: CoreVersion) -> JSONValue {
        var stats = Self.commonStats(version)
        stats["disk_total_gb"] = .number("100.0")
        stats["disk_used_gb"] = .number("45.0")
        return .object(stats)
    }

    /// The machine of a connected server: `SystemInformation`.
    func systemInformation(_ version: CoreVersion) -> JSONValue {
        var information: JSONObject = [
            "name": "Debian GNU/Linux", "os": "Linux (Debian GNU/Linux 12)",
            "kernel": "6.1.0-18-amd64", "core_count": 2, "host_name": "simulated",
            "cpu_brand": "Simulated CPU",
        ]
        if version.isTwoThree {
            information["logical_core_count"] = 4
            information["cpu_arch"] = "x86_64"
        }
        guard !version.isTwo else { return .object(information) }
        information["terminals_disabled"] = false
        information["container_exec_disabled"] = false
        return .object(information)
    }

    /// `docker stats` of a container.
    static func containerStats(_ name: String) -> JSONValue {
        [
            "name": .string(name), "cpu_perc": "35.12%", "mem_perc": "50.00%",
            "mem_usage": "512MiB / 1GiB", "net_io": "1.2kB / 3.4kB", "block_io": "5MB / 6.7MB",
            "pids": "12",
        ]
    }

    private static func commonStats(_ version: CoreVersion) -> JSONObject {
        var stats: JSONObject = [
            "cpu_perc": .number("45.2"),
            "load_average": [
                "one": .number("0.5"), "five": .number("0.25"), "fifteen": .number("0.1"),
            ],
            "mem_free_gb": .number("1.5"), "mem_used_gb": .number("2.1"),
            "mem_total_gb": .number("4.0"),
            "network_ingress_bytes": .number("6000000.0"),
            "network_egress_bytes": .number("4000000.0"),
            "polling_rate": "5-sec", "refresh_ts": .int(createdAt),
            "refresh_list_ts": .int(createdAt),
        ]
        guard version.isTwoThree else { return stats }
        stats["mem_buff_cache_gb"] = .number("0.4")
        stats["mem_zfs_arc_gb"] = .number("0.0")
        stats["swap_total_gb"] = .number("1.0")
        stats["swap_used_gb"] = .number("0.2")
        return stats
    }
}
