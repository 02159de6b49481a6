#!/usr/bin/env bash
# The one entrance: builds, tests, measures and shows TraceCap.  ./build.sh help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=Release
out=artifacts/tracecap
tracecap=$out/tracecap
packages=$(realpath -m "${PACKAGES:-artifacts/packages}")

say() { printf '%s\n' "build.sh: $*" >&2; }
fail() { say "$*"; exit 1; }

usage() {
	cat <<-'END'
	./build.sh demo      install what is missing, build, record live traffic, replay it, sum it up, draw it
	./build.sh test      install what is missing, build, run every test
	./build.sh vm        of these, the comparison with the real tcptracer on stock Debian kernels in virtual machines
	./build.sh vm-all    the same on more kernels and with each way of preemption: about half an hour; the table is tests/vm/results/amd64.md
	./build.sh vm-arm64  the same on emulated arm64 machines, with the executable for arm64; the table is tests/vm/results/arm64.md
	./build.sh build     build everything, warnings are errors
	./build.sh publish   the native executable in artifacts/tracecap/, and beside it what draws charts and runs SQL
	./build.sh package   .deb, .rpm, .tar.gz and container image for x86-64 and arm64 in artifacts/packages/, with bills of materials;
	                     what package-nuget makes; and the sums of all
	./build.sh package-twice  compile and package in two folders, and compare every byte: packaging/results/reproducible.md
	./build.sh package-vm     the package's service on a Debian with systemd, in a virtual machine, and the packages for arm64 on an
	                     emulated processor: a quarter of an hour
	./build.sh docs      the pages of docs/ as a site in artifacts/site
	./build.sh package-nuget [RUNTIME...]
	                     NuGet packages of the libraries and of the tool, and zips for Windows and macOS, in artifacts/packages;
	                     of the tool for all kinds of machines, or for those that are named
	./build.sh bench     measure, and print the figures
	./build.sh soak      record file after file at 3,000 connections/s, and see what grows: 60 s, or soak SECONDS
	./build.sh fleet     ship against INSERT, and what a day of a host costs a fleet: minutes; it prints the page that bench/results has
	./build.sh fuzz      read captures that are damaged in every way: 60 s, or fuzz SECONDS [SEED]
	./build.sh help      this
	END
}

# need PACKAGE FILE...: the Debian package is needed unless one of the files is there.
missing=()
need() {
	local package=$1 file
	shift
	for file in "$@"; do
		[[ -e $file ]] && return
	done
	missing+=("$package")
}

install_missing() {
	[[ ${#missing[@]} -gt 0 ]] || return 0
	command -v apt-get >/dev/null || fail "please install what these Debian packages hold: ${missing[*]}"
	local as_root=()
	if [[ $(id -u) -ne 0 ]]; then
		command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
		as_root=(sudo)
		say "sudo is asked for to install: ${missing[*]}"
	else
		say "installing: ${missing[*]}"
	fi
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
	missing=()
}

need_to_build() {
	command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed: https://dotnet.microsoft.com/download"
	if [[ $(uname -s) == Linux ]]; then
		need clang /usr/bin/clang
		need bpftool /usr/sbin/bpftool /usr/bin/bpftool
		need libbpf-dev /usr/include/bpf/bpf_helpers.h
		need libelf-dev /usr/include/libelf.h
		need zlib1g-dev /usr/include/zlib.h
	fi
}

need_to_test() {
	need_to_build
	need python3 /usr/bin/python3
	need python3-lz4 /usr/lib/python3/dist-packages/lz4
	need python3-xxhash /usr/lib/python3/dist-packages/xxhash
	need iproute2 /sbin/ip /usr/sbin/ip /bin/ip
	need curl /usr/bin/curl
	need xz-utils /usr/bin/xz
	need bzip2 /usr/bin/bzip2 /bin/bzip2
	need zstd /usr/bin/zstd
	need lz4 /usr/bin/lz4
	need nginx-light /usr/sbin/nginx
	need nfdump /usr/bin/nfanon
	need tshark /usr/bin/tshark
	need wrk /usr/bin/wrk
	need tmux /usr/bin/tmux
	need chromium /usr/bin/chromium /usr/bin/google-chrome
	need qemu-system-x86 /usr/bin/qemu-system-x86_64
	need nodejs /usr/bin/node
	need npm /usr/bin/npm
	need bpfcc-tools /usr/sbin/tcptracer-bpfcc
	need protobuf-compiler /usr/bin/protoc
	need poppler-utils /usr/bin/pdftotext
	need netbase /etc/services
	need bash-completion /usr/share/bash-completion/bash_completion
	need zsh /usr/bin/zsh /bin/zsh
	need fish /usr/bin/fish
	need man-db /usr/bin/man
	need bsdextrautils /usr/bin/col
	need mandoc /usr/bin/mandoc
	need lintian /usr/bin/lintian
	need debootstrap /usr/sbin/debootstrap
	need apparmor /usr/sbin/apparmor_parser /sbin/apparmor_parser
	need podman /usr/bin/podman
	need runc /usr/sbin/runc /usr/bin/runc
	need kubernetes-client /usr/bin/kubectl
	need_to_make_packages
	need_to_pack
	need_to_write
}

need_to_make_packages() {
	need python3 /usr/bin/python3
	need scdoc /usr/bin/scdoc
	need rpm /usr/bin/rpmbuild
	need binutils /usr/bin/strip
	need buildah /usr/bin/buildah
}

# What NuGet packages and zips are made with.
need_to_pack() {
	need python3 /usr/bin/python3
	need zip /usr/bin/zip
}

# What executables for arm64 are linked with.
need_to_cross() {
	need lld /usr/bin/ld.lld
	need binutils-aarch64-linux-gnu /usr/bin/aarch64-linux-gnu-objcopy
}

# What begins programs for arm64.
need_to_emulate() {
	need qemu-user-static /usr/bin/qemu-aarch64-static
	need binfmt-support /usr/sbin/update-binfmts
}

need_to_write() {
	need mkdocs /usr/bin/mkdocs
	need mkdocs-material /usr/share/mkdocs/themes/material
}

# OpenTelemetry's own files, unless they are there from before.
fetch_for_otlp() {
	command -v npm >/dev/null && tests/otlp/otlpprotos >/dev/null || say "no files of OTLP from npm: the test by them is skipped"
}

# What finds faults in pages.
fetch_for_pages() {
	command -v npm >/dev/null && tests/browser/axecore >/dev/null || say "no axe-core from npm: its tests are skipped"
}

# The fleet's servers are of 566 MB, and only for x86-64.
fetch_for_fleet() {
	[[ $(uname -m) == x86_64 ]] || return 0
	[[ -e tests/fleet/clickhouse/libchdb.so ]] || tests/fleet/clickhouse-fetch >/dev/null || say "no ClickHouse from npm: its tests are skipped"
}

# A Debian to install packages on, and what Kubernetes' API knows.
fetch_for_packaging() {
	tests/vm/vmsystem >/dev/null || say "no Debian to install packages on: its tests are skipped"
	command -v npm >/dev/null && tests/kubernetes/apimodels >/dev/null || say "no models of Kubernetes from npm: its tests are skipped"
}

# fetch_for_vm ARCHITECTURE SERIES...: Debian's newest kernels and the tools to compare with, unless there are some from before.
fetch_for_vm() {
	local architecture=$1 series
	if [[ $architecture == amd64 ]]; then
		[[ -e tests/vm/tools/usr/bin/promtool ]] || tests/vm/vmtools >/dev/null || say "no tools to compare with"
	else
		tests/vm/vmroot "$architecture" >/dev/null || fail "no Debian of $architecture from apt"
	fi
	for series in "${@:2}"; do
		tests/vm/vmkernel "$series" "$architecture" >/dev/null || say "no $series kernel from apt: its tests are skipped"
	done
}

build() {
	dotnet build TraceCap.sln -c "$configuration" -v quiet --nologo -clp:NoSummary
}

# The rules of style are errors of the build; how lines are laid out is not among them.
check_layout() { dotnet format whitespace . --folder --verify-no-changes --exclude artifacts tests/vm; }

# The name that .NET has for this machine.
own_runtime() {
	case $(uname -m) in
		x86_64) echo linux-x64 ;;
		aarch64) echo linux-arm64 ;;
		*) fail "no native executable for $(uname -m)" ;;
	esac
}

publish() {
	local runtime
	rm -rf "$out"
	runtime=$(own_runtime)
	dotnet publish src/Cli -c "$configuration" -r "$runtime" -o "$out" -v quiet --nologo
	rm -f "$out"/*.dbg "$out"/*.xml "$out"/*.pdb
	keep_assets artifacts/obj "$out"
}

# keep_assets OBJECTS PUBLISHED: what it was made of, beside it; the next restore, for another processor, writes over it.
keep_assets() { cp "$1/TraceCap.Cli/project.assets.json" "$2.assets.json"; }

# What the executable for arm64 is made with: linked with what tests/vm/vmroot has unpacked, in a folder of its own, and for one framework,
# as what is restored for one processor is not what another one needs.
for_arm64=(
	--artifacts-path "$PWD/artifacts/arm64" -p:TargetFrameworks=net10.0
	-p:SysRoot="$PWD/tests/vm/roots/arm64" -p:LinkerFlavor=lld -p:ObjCopyName=aarch64-linux-gnu-objcopy
)

# Kinds of machines that the tool is packed for. One with another C library than glibc is none of linux-x64's.
runtimes_of_tool=(linux-x64 linux-arm64 linux-musl-x64 linux-musl-arm64 win-x64 win-arm64 osx any)

# pack_libraries RUNTIME...: what leaves through NuGet, and what .NET runs on Windows and macOS: of one commit always the same bytes.
pack_libraries() {
	local project runtime
	describe_packages
	mkdir -p "$packages"
	rm -f "$packages"/*.nupkg "$packages"/*.snupkg "$packages"/tracecap-*-{win,osx}*.zip
	for project in Format Analyzer Charts Testing; do
		dotnet pack "src/$project" -c "$configuration" -o "$packages" -v quiet --nologo
	done
	for runtime; do
		case $runtime in
			linux-arm64)
				tests/vm/vmroot arm64 >/dev/null || fail "no Debian of arm64 from apt to link with"
				pack_tool "$runtime" artifacts/arm64/obj "$PWD/tests/vm/roots/arm64" "${for_arm64[@]}"
				;;
			win-* | osx) pack_tool "$runtime" artifacts/obj /; zip_tool "$runtime" ;;
			*) pack_tool "$runtime" artifacts/obj / ;;
		esac
	done
	# That which points to them has nothing that was compiled.
	dotnet pack src/Cli -c "$configuration" --no-build -o "$packages" -v quiet --nologo "-p:ToolPackageRuntimeIdentifiers=\"$(IFS=';'; echo "$*")\""
}

# pack_tool RUNTIME OBJECTS ROOT [ARGUMENT...]: the tool for one kind of machine, with the terms of all whose work is in it.
pack_tool() {
	local terms=$PWD/artifacts/terms/$1
	# By its property: -r adds the machine to those of the project, which is compiled ahead.
	dotnet restore src/Cli -p:RuntimeIdentifier="$1" -v quiet "${@:4}"
	rm -rf "$terms"
	mkdir -p "$terms"
	packaging/copyright.py "$1" "$2/TraceCap.Cli/project.assets.json" "$3" "$terms"
	install -D -m 644 -t "$terms/licences" /usr/share/common-licenses/{Apache-2.0,GPL-2,GPL-3,LGPL-3}
	dotnet pack src/Cli -c "$configuration" -r "$1" -o "$packages" -v quiet --nologo -p:TermsFolder="$terms" "${@:4}"
}

# zip_tool RUNTIME: the same files for who has .NET but installs no tools; begun by ./tracecap, or tracecap.cmd.
zip_tool() {
	local folder=artifacts/zips/tracecap-$1
	rm -rf "$folder"
	mkdir -p "$folder"
	cp -r "artifacts/publish/TraceCap.Cli/${configuration,,}_$1/." "artifacts/terms/$1/." LICENSE src/Cli/README.md packaging/nuget/"$([[ $1 == win-* ]] && echo tracecap.cmd || echo tracecap)" "$folder"
	chmod -R u=rwX,go=rX "$folder"
	find "$folder" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	(cd artifacts/zips && find "tracecap-$1" -type f | LC_ALL=C sort | TZ=UTC zip -q -X -@ "$packages/tracecap-$VERSION-$1.zip")
}

publish_arm64() {
	rm -rf artifacts/arm64/tracecap
	dotnet publish src/Cli -c "$configuration" -r linux-arm64 "${for_arm64[@]}" -o artifacts/arm64/tracecap -v quiet --nologo -p:RunAnalyzers=false
	rm -f artifacts/arm64/tracecap/*.{dbg,xml,pdb}
	keep_assets artifacts/arm64/obj artifacts/arm64/tracecap
}

# The version and the date of what is packaged.
describe_packages() {
	VERSION=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
	SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
	export VERSION SOURCE_DATE_EPOCH
}

# package RUNTIME PUBLISHED ROOT: what was published for one processor, linked with what is in ROOT.
package() {
	local deb=amd64 rpm=x86_64
	[[ $1 == linux-x64 ]] || deb=arm64 rpm=aarch64
	rm -f "$packages"/tracecap*{_$deb.deb,.$rpm.rpm,-$1.tar.gz,-$1.cdx.json,-image-$deb.tar}
	packaging/package "$1" "$2" "$3" "$tracecap" "$packages"
	packaging/container/image "$1" "$2" "$3" "$packages"
}

# Of this machine's processor, from what publish left.
package_own() {
	describe_packages
	package "$(own_runtime)" "$out" /
	sum_up_packages
}

package_arm64() {
	publish_arm64
	package linux-arm64 artifacts/arm64/tracecap "$PWD/tests/vm/roots/arm64"
	sum_up_packages
}

sum_up_packages() {
	(cd "$packages" && shopt -s nullglob && sha256sum -- *.{deb,rpm,tar.gz,cdx.json,tar,nupkg,snupkg,zip} >SHA256SUMS)
	say "made in $packages: $(cut -c67- "$packages/SHA256SUMS" | tr '\n' ' ')"
}

# package_all: for both processors; where no Debian of arm64 can be had, it says so and goes on.
package_all() {
	local runtimes=("${runtimes_of_tool[@]}")
	publish
	package_own
	if [[ $(uname -m) == x86_64 ]]; then
		if tests/vm/vmroot arm64 >/dev/null; then
			package_arm64
		else
			say "no Debian of arm64 from apt: there are no packages for it"
			runtimes=(linux-x64 linux-musl-x64 linux-musl-arm64 win-x64 win-arm64 osx any)
		fi
		pack_libraries "${runtimes[@]}"
		sum_up_packages
	fi
}

# package_twice: the commit that is checked out, in two folders of different names and depths.
package_twice() {
	local work first second
	work=$(mktemp -d)
	first=$work/one second=$work/two/a-longer-name
	git clone --quiet . "$first"
	git clone --quiet . "$second"
	(cd "$first" && ./build.sh package-own) && (cd "$second" && ./build.sh package-own)
	mkdir -p packaging/results
	{
		echo "# Two builds, the same bytes"
		echo
		echo "\`./build.sh package-twice\` compiled and packaged one commit in two folders. Both made these files:"
		echo
		sed 's/^/    /' "$first/artifacts/packages/SHA256SUMS"
	} >packaging/results/reproducible.md
	diff "$first/artifacts/packages/SHA256SUMS" "$second/artifacts/packages/SHA256SUMS" || fail "the two builds differ; they are in $work"
	rm -rf "$work"
}

# compare_in_vms ARCHITECTURE: the comparison with the real tools on all of these; its table is kept.
compare_in_vms() {
	dotnet build tests/Vm.Tests -c "$configuration" -v quiet --nologo -clp:NoSummary
	publish
	mkdir -p tests/vm/results
	TRACECAP=$tracecap TRACECAP_TEST_MACHINES=$1 TRACECAP_VM_RESULTS=tests/vm/results/$1.md run_tests tests/Vm.Tests/TraceCap.Vm.Tests.csproj
}

# soak [SECONDS]: as root, for it makes a network namespace.
soak() {
	mkdir -p artifacts/bench
	clang -O2 -pthread -o artifacts/bench/load bench/host/load.c
	python3 bench/host/soak.py artifacts/bench/load "$tracecap" "$@"
}

# What a fleet costs, on a ClickHouse server of npm's.
fleet() {
	tests/fleet/clickhouse-fetch >/dev/null
	python3 bench/fleet/cost.py tests/fleet/clickhouse/libchdb.so "$tracecap" "artifacts/bin/TraceCap.Bench/${configuration,,}/TraceCap.Bench" generate "$@"
}

# run_tests [PROJECT...]: runs these suites or all, even after one failed, and sums them up from their reports.
run_tests() {
	[[ $# -gt 0 ]] || set -- tests/*/*.Tests.csproj
	local passed=0 failed=0 skipped=0 empty=() project suite report counts
	mkdir -p artifacts/test-results
	for project; do
		suite=$(basename "$project" .csproj)
		report=artifacts/test-results/$suite.xml
		rm -f "$report"
		# What is started in the background of a script ignores interrupts, and so would all that the tests start and interrupt.
		env --default-signal=HUP,INT,QUIT "artifacts/bin/$suite/${configuration,,}/$suite" -noColor -noLogo -result-xml "$report" || true
		if [[ ! -s $report ]]; then
			say "$suite ended without a report"
			failed=$((failed + 1))
			continue
		fi
		counts=$(grep -o '<assembly [^>]*>' "$report")
		count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counts"; }
		[[ $(count passed) -gt 0 || $(count failed) -gt 0 ]] || empty+=("$suite")
		passed=$((passed + $(count passed)))
		failed=$((failed + $(count failed) + $(count errors)))
		skipped=$((skipped + $(count skipped) + $(count not-run)))
	done
	[[ ${#empty[@]} -eq 0 ]] || say "no test ran in: ${empty[*]}"
	echo "$passed passed, $failed failed, $skipped skipped"
	[[ $failed -eq 0 && ${#empty[@]} -eq 0 ]]
}

case ${1:-help} in
	build) need_to_build; install_missing; build ;;
	publish) need_to_build; install_missing; publish ;;
	package-nuget)
		[[ $# -gt 1 ]] || set -- "$1" "${runtimes_of_tool[@]}"
		need_to_build; need_to_pack
		[[ " $* " != *" linux-arm64 "* ]] || need_to_cross
		install_missing; pack_libraries "${@:2}"; sum_up_packages
		;;
	test) need_to_test; install_missing; fetch_for_vm amd64 6.1 6.12; fetch_for_otlp; fetch_for_pages; fetch_for_fleet; fetch_for_packaging; build; check_layout; publish; package_own; TRACECAP=$tracecap run_tests ;;
	vm) need_to_test; install_missing; fetch_for_vm amd64 6.1 6.12; dotnet build tests/Vm.Tests -c "$configuration" -v quiet --nologo -clp:NoSummary; publish; TRACECAP=$tracecap run_tests tests/Vm.Tests/TraceCap.Vm.Tests.csproj ;;
	vm-all) need_to_test; install_missing; fetch_for_vm amd64 5.10 6.1 6.12 7.2; compare_in_vms amd64 ;;
	vm-arm64)
		need_to_test
		need qemu-system-arm /usr/bin/qemu-system-aarch64
		need_to_cross; install_missing; fetch_for_vm arm64 6.1 6.12; publish_arm64; compare_in_vms arm64
		;;
	package) need_to_build; need_to_make_packages; need_to_cross; need_to_pack; install_missing; package_all ;;
	package-own) need_to_build; need_to_make_packages; install_missing; publish; package_own ;;
	package-twice) need_to_build; need_to_make_packages; install_missing; package_twice ;;
	package-vm)
		need_to_test; need_to_cross; need_to_emulate; install_missing; fetch_for_vm amd64 6.1; fetch_for_packaging
		tests/vm/vmroot arm64 >/dev/null; tests/vm/vmsystem arm64 >/dev/null
		dotnet build tests/Packaging.Tests -c "$configuration" -v quiet --nologo -clp:NoSummary
		publish; package_own; package_arm64; TRACECAP=$tracecap TRACECAP_TEST_SYSTEMD=1 run_tests tests/Packaging.Tests/TraceCap.Packaging.Tests.csproj
		;;
	demo) need_to_build; need python3 /usr/bin/python3; install_missing; publish; TRACECAP=$tracecap samples/demo.sh ;;
	docs) need_to_write; install_missing; mkdocs build --quiet ;;
	bench) need_to_build; install_missing; build; publish; TRACECAP=$tracecap dotnet run --no-build -c "$configuration" --project bench/TraceCap.Bench -- ratios --capture samples/captures/nginx.tcap "${@:2}" ;;
	soak) need_to_build; need python3 /usr/bin/python3; need iproute2 /sbin/ip /usr/sbin/ip /bin/ip; install_missing; publish; soak "${@:2}" ;;
	fleet) need_to_build; need python3 /usr/bin/python3; need npm /usr/bin/npm; install_missing; dotnet build bench/TraceCap.Bench -c "$configuration" -v quiet --nologo -clp:NoSummary; publish; fleet "${@:2}" ;;
	fuzz) need_to_build; install_missing; dotnet run -c "$configuration" --project tests/Fuzz -- "${@:2}" ;;
	help | -h | --help) usage ;;
	*) usage >&2; exit 2 ;;
esac
