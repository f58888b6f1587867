import { defineText } from '../../i18n/language';
import type { Reason, ReasonKind } from './error-reason';

type ReasonTexts = Record<ReasonKind, { why: (reason: Reason) => string; hint: (reason: Reason) => string }>;

const reasonsInEnglish: ReasonTexts = {
  refused: {
    why: ({ host, port }) => `Nothing listens on port ${port} of ${host}.`,
    hint: () =>
      'Check that the exporter runs, that the port is the right one, and that it listens on this address and not only on localhost.',
  },
  unreachable: {
    why: ({ host }) => `There is no way to ${host} from here.`,
    hint: () => 'Check the address, and routes, firewalls and network policies between the two.',
  },
  dns: {
    why: ({ host }) => `The name ${host} does not resolve from here.`,
    hint: () => 'Check the spelling, the DNS server, and in Kubernetes the namespace in the name.',
  },
  timeout: {
    why: ({ timeout }) => `The target did not answer within its timeout of ${timeout}.`,
    hint: () =>
      'Is it overloaded, or does a firewall drop the packets? If it is only slow, raise scrape_timeout (at most scrape_interval).',
  },
  timeoutReading: {
    why: ({ timeout }) => `The target was still sending when its timeout of ${timeout} ended.`,
    hint: () => 'Raise scrape_timeout, or let the target expose less.',
  },
  closed: {
    why: () => 'The target closed the connection before its answer was complete.',
    hint: () => 'Look into its log: it may have crashed, restarted or run into a limit.',
  },
  notHTTP: {
    why: ({ host, port }) => `What listens on ${host}:${port} does not speak HTTP.`,
    hint: () => 'Check the port: exporters serve metrics on one of their own.',
  },
  plainHTTP: {
    why: ({ port }) => `The target does not speak TLS on port ${port}, but https was asked for.`,
    hint: () => 'Set scheme: http, or use the port that speaks TLS.',
  },
  needsTLS: {
    why: ({ port }) => `The target speaks TLS on port ${port}, but plain http was asked for.`,
    hint: () => 'Set scheme: https, and tls_config where its certificate needs it.',
  },
  certificate: {
    why: () => "The target's certificate was not accepted.",
    hint: () =>
      'Set tls_config.ca_file to its authority, tls_config.server_name to its name, or renew the certificate.',
  },
  tls: {
    why: () => 'The TLS handshake with the target failed.',
    hint: () => 'Check tls_config: does the target ask for a client certificate or for another TLS version?',
  },
  redirect: {
    why: () => 'The target redirects in circles.',
    hint: () =>
      'Set metrics_path to where the metrics are, or follow_redirects: false to see where it points.',
  },
  unauthorized: {
    why: () => 'The target wants credentials, and those sent were missing or wrong.',
    hint: () => 'Set basic_auth, authorization or oauth2 in the scrape configuration.',
  },
  forbidden: {
    why: () => 'The target knows who asks, and refuses.',
    hint: () =>
      'Give the credentials the right to read metrics; in Kubernetes, check the RBAC of the service account.',
  },
  notFound: {
    why: ({ path }) => `The target has nothing at ${path}.`,
    hint: () => 'metrics_path is probably wrong. Many programs serve /metrics; look into its documentation.',
  },
  serverError: {
    why: ({ status }) => `The target failed while it answered: ${status || '5xx'}.`,
    hint: () => 'Open the endpoint in a browser and look into the log of the target.',
  },
  httpStatus: {
    why: ({ status }) => `The target answered ${status || 'with an error'} instead of metrics.`,
    hint: () => 'Open the endpoint in a browser: address, path and parameters have to lead to the metrics.',
  },
  contentType: {
    why: ({ contentType }) =>
      contentType === 'text/html'
        ? 'The target answered with a web page, not with metrics.'
        : contentType
          ? `The target calls its answer ${contentType}, which is no metrics format.`
          : 'The target does not say in which format its metrics are.',
    hint: ({ contentType }) =>
      contentType === 'text/html'
        ? 'Check metrics_path: this is probably a page for people.'
        : 'If the answer is metrics all the same, set fallback_scrape_protocol: PrometheusText0.0.4.',
  },
  parse: {
    why: () => 'The answer is not in a valid metrics format.',
    hint: () => 'Open the endpoint and look at the line that the message names; the exporter needs a fix.',
  },
  bodySize: {
    why: () => 'The answer is larger than body_size_limit, so nothing of it was taken.',
    hint: () => 'Raise body_size_limit, or let the target expose less.',
  },
  sampleLimit: {
    why: () => 'The target exposes more samples than sample_limit, so nothing of it was taken.',
    hint: () => 'Raise sample_limit, or drop metrics with metric_relabel_configs.',
  },
  labelLimit: {
    why: () => 'A series has more or longer labels than the limits allow, so nothing was taken.',
    hint: () =>
      'Raise label_limit, label_name_length_limit or label_value_length_limit, or drop the label with metric_relabel_configs.',
  },
  bucketLimit: {
    why: () => 'A native histogram has more buckets than native_histogram_bucket_limit allows.',
    hint: () => 'Raise the limit, or let the target use a coarser resolution.',
  },
  targetLimit: {
    why: () => 'Its job has more targets than target_limit, so none of them is scraped.',
    hint: () => 'Raise target_limit, or narrow the service discovery.',
  },
  storage: {
    why: () => 'The target answered, but its samples could not be stored.',
    hint: () => 'Look at Status, Storage: is the disk full? Does the target send timestamps out of order?',
  },
  other: {
    why: () => 'The scrape failed.',
    hint: () => 'Open the endpoint in a browser from the same network, and compare with the message.',
  },
};

const reasonsInKorean: ReasonTexts = {
  refused: {
    why: ({ host, port }) => `${host}의 ${port}번 포트에서 응답하는 프로그램이 없습니다.`,
    hint: () =>
      '익스포터가 실행 중인지, 포트가 맞는지, localhost만이 아니라 이 주소에서도 수신하는지 확인하세요.',
  },
  unreachable: {
    why: ({ host }) => `여기서 ${host}(으)로 가는 경로가 없습니다.`,
    hint: () => '주소와, 그 사이의 라우팅·방화벽·네트워크 정책을 확인하세요.',
  },
  dns: {
    why: ({ host }) => `${host} 이름을 여기서 찾을 수 없습니다.`,
    hint: () => '철자와 DNS 서버를 확인하세요. 쿠버네티스라면 이름의 네임스페이스도 확인하세요.',
  },
  timeout: {
    why: ({ timeout }) => `대상이 제한 시간 ${timeout} 안에 응답하지 않았습니다.`,
    hint: () =>
      '과부하 상태이거나 방화벽이 패킷을 버리고 있지 않나요? 단지 느린 것이라면 scrape_timeout을 올리세요(scrape_interval까지).',
  },
  timeoutReading: {
    why: ({ timeout }) => `제한 시간 ${timeout}이(가) 끝났을 때 대상이 아직 전송 중이었습니다.`,
    hint: () => 'scrape_timeout을 올리거나 대상이 내보내는 양을 줄이세요.',
  },
  closed: {
    why: () => '응답이 끝나기 전에 대상이 연결을 닫았습니다.',
    hint: () => '대상의 로그를 확인하세요. 비정상 종료, 재시작 또는 한도 초과일 수 있습니다.',
  },
  notHTTP: {
    why: ({ host, port }) => `${host}:${port}에서 응답하는 프로그램은 HTTP를 쓰지 않습니다.`,
    hint: () => '포트를 확인하세요. 익스포터는 별도의 포트로 메트릭을 제공합니다.',
  },
  plainHTTP: {
    why: ({ port }) => `https로 요청했지만 대상은 ${port}번 포트에서 TLS를 쓰지 않습니다.`,
    hint: () => 'scheme: http로 설정하거나 TLS를 쓰는 포트를 지정하세요.',
  },
  needsTLS: {
    why: ({ port }) => `http로 요청했지만 대상은 ${port}번 포트에서 TLS를 씁니다.`,
    hint: () => 'scheme: https로 설정하고, 인증서에 필요하면 tls_config를 설정하세요.',
  },
  certificate: {
    why: () => '대상의 인증서를 신뢰할 수 없습니다.',
    hint: () =>
      'tls_config.ca_file에 인증 기관을, tls_config.server_name에 이름을 설정하거나 인증서를 갱신하세요.',
  },
  tls: {
    why: () => '대상과의 TLS 핸드셰이크가 실패했습니다.',
    hint: () => 'tls_config를 확인하세요. 대상이 클라이언트 인증서나 다른 TLS 버전을 요구하나요?',
  },
  redirect: {
    why: () => '대상의 리디렉션이 끝나지 않습니다.',
    hint: () =>
      'metrics_path를 메트릭이 있는 경로로 설정하거나, follow_redirects: false로 어디를 가리키는지 확인하세요.',
  },
  unauthorized: {
    why: () => '대상이 인증을 요구하지만, 보낸 인증 정보가 없거나 틀렸습니다.',
    hint: () => '스크레이프 설정에 basic_auth, authorization 또는 oauth2를 설정하세요.',
  },
  forbidden: {
    why: () => '대상이 요청자를 알지만 접근을 거부했습니다.',
    hint: () => '메트릭을 읽을 권한을 부여하세요. 쿠버네티스라면 서비스 어카운트의 RBAC을 확인하세요.',
  },
  notFound: {
    why: ({ path }) => `대상의 ${path} 경로에는 아무것도 없습니다.`,
    hint: () => 'metrics_path가 잘못된 것 같습니다. 대부분 /metrics를 씁니다. 프로그램 문서를 확인하세요.',
  },
  serverError: {
    why: ({ status }) => `대상이 응답하다가 실패했습니다: ${status || '5xx'}.`,
    hint: () => '브라우저로 주소를 열어 보고 대상의 로그를 확인하세요.',
  },
  httpStatus: {
    why: ({ status }) => `대상이 메트릭 대신 ${status || '오류'}(으)로 응답했습니다.`,
    hint: () => '브라우저로 열어 보세요. 주소, 경로, 매개변수가 메트릭을 가리켜야 합니다.',
  },
  contentType: {
    why: ({ contentType }) =>
      contentType === 'text/html'
        ? '대상이 메트릭이 아니라 웹 페이지로 응답했습니다.'
        : contentType
          ? `대상이 응답 형식을 ${contentType}(이)라고 하는데, 메트릭 형식이 아닙니다.`
          : '대상이 메트릭의 형식을 알려 주지 않습니다.',
    hint: ({ contentType }) =>
      contentType === 'text/html'
        ? 'metrics_path를 확인하세요. 사람이 보는 페이지인 것 같습니다.'
        : '그래도 내용이 메트릭이라면 fallback_scrape_protocol: PrometheusText0.0.4를 설정하세요.',
  },
  parse: {
    why: () => '응답이 올바른 메트릭 형식이 아닙니다.',
    hint: () => '주소를 열어 메시지가 가리키는 줄을 확인하세요. 익스포터를 고쳐야 합니다.',
  },
  bodySize: {
    why: () => '응답이 body_size_limit보다 커서 아무것도 저장하지 않았습니다.',
    hint: () => 'body_size_limit을 올리거나 대상이 내보내는 양을 줄이세요.',
  },
  sampleLimit: {
    why: () => '샘플 수가 sample_limit을 넘어 아무것도 저장하지 않았습니다.',
    hint: () => 'sample_limit을 올리거나 metric_relabel_configs로 메트릭을 버리세요.',
  },
  labelLimit: {
    why: () => '레이블의 수나 길이가 한도를 넘는 시계열이 있어 아무것도 저장하지 않았습니다.',
    hint: () =>
      'label_limit, label_name_length_limit, label_value_length_limit을 올리거나 metric_relabel_configs로 레이블을 지우세요.',
  },
  bucketLimit: {
    why: () => '네이티브 히스토그램의 버킷 수가 native_histogram_bucket_limit을 넘습니다.',
    hint: () => '한도를 올리거나 대상의 해상도를 낮추세요.',
  },
  targetLimit: {
    why: () => '작업의 대상 수가 target_limit을 넘어 모두 스크레이프하지 않습니다.',
    hint: () => 'target_limit을 올리거나 서비스 디스커버리 범위를 좁히세요.',
  },
  storage: {
    why: () => '대상은 응답했지만 샘플을 저장하지 못했습니다.',
    hint: () => '상태의 저장소를 확인하세요. 디스크가 가득 찼나요? 대상이 시간 순서가 어긋난 값을 보내나요?',
  },
  other: {
    why: () => '스크레이프가 실패했습니다.',
    hint: () => '같은 네트워크에서 브라우저로 주소를 열어 메시지와 비교해 보세요.',
  },
};

export const text = defineText(
  {
    title: 'Targets',
    live: 'Updates every 5 seconds',
    health: { up: 'Up', down: 'Down', unknown: 'Not scraped yet' },
    filterHealth: 'Health',
    all: 'All',
    unknownShort: 'Pending',
    search: 'Filter by label, address or error',
    pool: 'Scrape pool',
    allPools: (count: number) => `All pools (${count})`,
    counts: (up: number, down: number, unknown: number) =>
      `${up} up, ${down} down, ${unknown} not scraped yet`,
    poolUp: (up: number, total: number) => `${up} of ${total} up`,
    shown: (shown: number) => `${shown} shown`,
    dropped: (count: number) => `${count} dropped`,
    droppedHint: 'Relabelling dropped these: see why',
    open: 'Show targets',
    close: 'Hide targets',
    openAll: 'Open all pools',
    closeAll: 'Close all pools',
    emptyPool: 'Nothing to scrape: discovery found nothing, or relabelling dropped all of it.',
    emptyPoolLink: 'Look at discovery',
    nothing: 'No target is configured',
    nothingHint: 'Add a scrape_configs section to the configuration, and its targets appear here at once.',
    noMatch: 'No target matches',
    noMatchHint: 'It may have been dropped, or discovered under another name.',
    noMatchLink: (search: string) => `Look for “${search}” in discovery`,
    clear: 'Clear filters',
    endpoint: 'Endpoint',
    lastScrape: 'Last scrape',
    duration: 'Duration',
    samples: 'Samples',
    never: 'not yet',
    durationTitle: (duration: string, interval: string, timeout: string) =>
      `The last scrape took ${duration}; interval ${interval}, timeout ${timeout}`,
    details: 'Details',
    lastError: 'Last error',
    refused: {
      why: (series: string) => `${series} series are left out.`,
      hint: 'The others are stored. Look for a label whose values never end, and drop it with metric_relabel_configs.',
      since: 'Since',
    },
    reasons: reasonsInEnglish,
    facts: {
      url: 'Scrape URL',
      globalURL: 'From elsewhere',
      interval: 'Interval',
      timeout: 'Timeout',
      lastScrape: 'Last scrape',
      kept: 'Samples kept',
      keptOf: (kept: string, scraped: string) => `${kept} of ${scraped}`,
      seriesAdded: 'New series',
      series: 'Series in the store',
      bodySize: 'Answer',
    },
    explore: 'Explore its metrics',
    history: {
      title: 'Last hour',
      up: 'Up',
      duration: 'Scrape duration',
      samples: 'Samples per scrape',
      empty: 'No samples yet',
    },
    labels: {
      title: 'Labels before and after relabelling',
      name: 'Label',
      before: 'Discovered',
      after: 'Target',
      absent: 'absent',
      same: 'kept',
      changed: 'changed',
      added: 'added',
      removed: 'removed',
      internal: (count: number) => `${count} internal labels`,
      internalHint: 'Labels that begin with __ steer discovery and scrape; they are never stored.',
    },
    steps: {
      title: 'Relabelling, rule by rule',
      show: 'Show each rule',
      none: 'This pool has no relabelling rules.',
      unchanged: 'no change',
      dropped: 'dropped here',
      skipped: 'not reached',
      kept: 'All rules let it pass.',
      droppedBy: (rule: number) => `Rule ${rule} drops it.`,
      missing: 'This server does not tell what each rule does.',
    },
  },
  {
    title: '수집 대상',
    live: '5초마다 갱신',
    health: { up: '정상', down: '실패', unknown: '아직 수집 전' },
    filterHealth: '상태',
    all: '전체',
    unknownShort: '대기',
    search: '레이블, 주소, 오류로 걸러 보기',
    pool: '스크레이프 풀',
    allPools: (count) => `모든 풀 (${count})`,
    counts: (up, down, unknown) => `정상 ${up}, 실패 ${down}, 아직 수집 전 ${unknown}`,
    poolUp: (up, total) => `${total}개 중 ${up}개 정상`,
    shown: (shown) => `${shown}개 표시`,
    dropped: (count) => `${count}개 제외됨`,
    droppedHint: '재레이블링에서 제외되었습니다: 이유 보기',
    open: '대상 보기',
    close: '대상 숨기기',
    openAll: '모든 풀 펼치기',
    closeAll: '모든 풀 접기',
    emptyPool: '수집할 대상이 없습니다. 디스커버리가 찾지 못했거나 재레이블링이 모두 제외했습니다.',
    emptyPoolLink: '디스커버리 보기',
    nothing: '설정된 수집 대상이 없습니다',
    nothingHint: '설정에 scrape_configs를 추가하면 대상이 바로 여기에 나타납니다.',
    noMatch: '일치하는 대상이 없습니다',
    noMatchHint: '제외되었거나 다른 이름으로 발견되었을 수 있습니다.',
    noMatchLink: (search) => `디스커버리에서 “${search}” 찾기`,
    clear: '필터 지우기',
    endpoint: '엔드포인트',
    lastScrape: '마지막 수집',
    duration: '소요 시간',
    samples: '샘플',
    never: '아직 없음',
    durationTitle: (duration, interval, timeout) =>
      `마지막 수집에 ${duration} 걸렸습니다. 주기 ${interval}, 제한 시간 ${timeout}`,
    details: '자세히',
    lastError: '마지막 오류',
    refused: {
      why: (series) => `시계열 ${series}개가 빠졌습니다.`,
      hint: '나머지는 저장됩니다. 값이 끝없이 늘어나는 레이블을 찾아 metric_relabel_configs로 빼십시오.',
      since: '시작:',
    },
    reasons: reasonsInKorean,
    facts: {
      url: '수집 주소',
      globalURL: '외부 주소',
      interval: '주기',
      timeout: '제한 시간',
      lastScrape: '마지막 수집',
      kept: '저장한 샘플',
      keptOf: (kept, scraped) => `${scraped}개 중 ${kept}개`,
      seriesAdded: '새 시계열',
      series: '저장된 시계열',
      bodySize: '응답 크기',
    },
    explore: '메트릭 탐색',
    history: {
      title: '최근 1시간',
      up: '정상 여부',
      duration: '수집 소요 시간',
      samples: '수집당 샘플 수',
      empty: '아직 샘플이 없습니다',
    },
    labels: {
      title: '재레이블링 전후의 레이블',
      name: '레이블',
      before: '발견됨',
      after: '대상',
      absent: '없음',
      same: '유지',
      changed: '변경',
      added: '추가',
      removed: '삭제',
      internal: (count) => `내부 레이블 ${count}개`,
      internalHint: '__로 시작하는 레이블은 디스커버리와 수집을 제어하며 저장되지 않습니다.',
    },
    steps: {
      title: '규칙별 재레이블링',
      show: '각 규칙 보기',
      none: '이 풀에는 재레이블링 규칙이 없습니다.',
      unchanged: '변화 없음',
      dropped: '여기서 제외',
      skipped: '실행되지 않음',
      kept: '모든 규칙을 통과했습니다.',
      droppedBy: (rule) => `규칙 ${rule}에서 제외됩니다.`,
      missing: '이 서버는 규칙별 결과를 알려 주지 않습니다.',
    },
  },
);
