// Makes the pages live. Everything works without it: it only reads again what is shown, sends forms without leaving the page, and draws the plots.
(() => {
  'use strict';
  const live = document.getElementById('live');
  const own = new WeakMap(); // what the server last sent for a part of the page
  let reading = null, again = false, timer = 0;

  const parts = root => root.querySelectorAll('[data-live]');
  const remember = root => parts(root).forEach(part => own.set(part, part.outerHTML));
  const typed = part => part.contains(document.activeElement) && document.activeElement.matches('input, textarea, summary')
    || [...part.querySelectorAll('textarea, input:not([type=hidden])')].some(field => field.value !== field.defaultValue);

  // Puts a part of the new page in the place of the old one, unless the person is at it.
  function exchange(old, fresh) {
    if (own.get(old) === fresh.outerHTML || typed(old)) return old;
    for (const details of old.querySelectorAll('details[id]')) {
      const same = fresh.querySelector(`#${CSS.escape(details.id)}`);
      if (same) same.open = details.open;
    }
    const html = fresh.outerHTML, focused = old.contains(document.activeElement) ? document.activeElement.id : '';
    const taken = document.importNode(fresh, true);
    old.replaceWith(taken);
    own.set(taken, html);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    return taken;
  }

  function exchangeList(old, fresh) {
    const seen = new Set([...fresh.children].map(child => child.id));
    for (const child of [...old.children]) if (!seen.has(child.id) && !typed(child)) child.remove();
    let before = null;
    for (const child of [...fresh.children]) {
      const there = document.getElementById(child.id);
      const now = there && there.parentElement === old ? exchange(there, child) : old.insertBefore(document.importNode(child, true), before ? before.nextSibling : old.firstChild);
      if (now !== there) own.set(now, child.outerHTML);
      before = now;
    }
  }

  function show(page) {
    const main = page.getElementById('main'), here = document.getElementById('main');
    if (!main) return;
    const shape = root => [...root.querySelectorAll('[data-live-list], section, [data-live]:not([data-live-list] [data-live])')].map(part => part.id).join();
    if (shape(main) !== shape(here) && !typed(here)) {
      here.replaceChildren(...document.importNode(main, true).childNodes);
      remember(here);
    } else {
      for (const list of main.querySelectorAll('[data-live-list]')) {
        const there = document.getElementById(list.id);
        if (there) exchangeList(there, list);
      }
      for (const part of main.querySelectorAll('[data-live]:not([data-live-list] [data-live])')) {
        const there = document.getElementById(part.id);
        if (there) exchange(there, part);
      }
      const [title, fresh] = [here.querySelector('h1'), main.querySelector('h1')];
      if (title && fresh && title.textContent !== fresh.textContent) title.textContent = fresh.textContent;
    }
    for (const id of ['nav', 'health']) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh && !old.contains(document.activeElement)) exchange(old, fresh);
    }
    document.title = page.title;
    draw();
  }

  const parse = text => new DOMParser().parseFromString(text, 'text/html');

  async function read() {
    if (reading) { again = true; return; }
    reading = fetch(location.href, { headers: { Accept: 'text/html' } });
    try {
      const answer = await reading;
      if (answer.ok) show(parse(await answer.text()));
    } catch { /* the daemon is away: the stream says when it is back */ }
    reading = null;
    if (again) { again = false; soon(); }
  }

  const soon = () => { clearTimeout(timer); timer = setTimeout(read, 200); };

  // Live: only while the page is seen, because a browser has few connections to one address.
  let stream = null;
  function status(word, off) {
    live.hidden = false;
    live.classList.toggle('off', off);
    live.lastElementChild.textContent = word;
  }
  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(`/api/events?after=${document.body.dataset.last}`);
    stream.onopen = () => status('live', false);
    stream.onerror = () => status('offline', true);
    stream.addEventListener('event', message => {
      document.body.dataset.last = message.lastEventId;
      live.classList.remove('beat');
      void live.offsetWidth;
      live.classList.add('beat');
      soon();
    });
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) { listen(); return; }
    stream?.close();
    stream = null;
  });

  // Forms: sent in place. The page that comes back says what was done.
  document.addEventListener('submit', async event => {
    const form = event.target, button = event.submitter;
    if (form.method !== 'post' || /^\/log(in|out)$/.test(new URL(form.action).pathname)) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, button));
    button?.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(form.action, { method: 'POST', body: fields });
      const page = parse(await answer.text()), problem = page.querySelector('.problem');
      if (answer.ok && !problem) {
        form.reset();
        button?.blur();
        show(page);
        say(page.querySelector('#notice p')?.textContent ?? '', 'notice');
        soon();
      } else say(problem?.textContent ?? `The daemon answered ${answer.status}.`, 'problem');
    } catch {
      say('The daemon cannot be reached. Nothing was done.', 'problem');
    }
    button?.removeAttribute('aria-busy');
  });

  function say(text, kind) {
    const place = document.getElementById('notice');
    if (!place) return;
    place.replaceChildren();
    if (!text) return;
    const line = document.createElement('p');
    line.className = kind;
    line.textContent = text;
    place.append(line);
    if (place.getBoundingClientRect().top < 0) place.scrollIntoView({ block: 'center' });
  }

  // Times grow old while the page stands.
  setInterval(() => {
    for (const time of document.querySelectorAll('time[datetime]')) {
      const minutes = (Date.now() - Date.parse(time.dateTime)) / 60000;
      if (minutes >= 0.75 && minutes < 1440) time.textContent = minutes < 60 ? `${Math.max(1, Math.round(minutes))} min ago` : `${Math.round(minutes / 60)} h ago`;
    }
  }, 30000);

  // Plots: before and after, with a line at the moment of the change.
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  function draw() {
    if (!window.uPlot) return;
    for (const place of document.querySelectorAll('.chart:not([data-drawn])')) {
      const times = JSON.parse(place.dataset.times), values = JSON.parse(place.dataset.values), changed = Number(place.dataset.changed);
      const share = place.dataset.unit === 'share', format = value => value == null ? '–' : share ? `${(value * 100).toFixed(1)} %` : value.toFixed(2);
      place.dataset.drawn = 'true';
      place.append(''); // no longer empty: it has its height now
      const axis = { stroke: style('--soft'), grid: { stroke: style('--line'), width: 1 }, ticks: { stroke: style('--line'), width: 1 }, font: '11px system-ui, sans-serif' };
      const line = (label, color, keep) => [{ label, stroke: style(color), width: 2, spanGaps: true, points: { show: true, size: 4 }, value: (_, value) => format(value) }, values.map((value, i) => keep(times[i]) ? value : null)];
      const [before, old] = line('Before', '--line-strong', time => time <= changed), [after, now] = line('After', '--good', time => time > changed);
      const host = document.createElement('div');
      place.replaceChildren(host);
      const plot = new uPlot({
        width: place.clientWidth || 320, height: 160,
        scales: { y: { range: (_, low, high) => [0, share ? 1 : (high || 1) * 1.15] } },
        axes: [axis, { ...axis, size: 48, values: (_, marks) => marks.map(mark => share ? `${Math.round(mark * 100)} %` : mark) }],
        series: [{}, before, after],
        hooks: { draw: [chart => {
          const x = chart.valToPos(changed, 'x', true), { top, height } = chart.bbox, pen = chart.ctx;
          pen.save();
          pen.strokeStyle = style('--wait-line');
          pen.lineWidth = 2;
          pen.setLineDash([5, 4]);
          pen.beginPath();
          pen.moveTo(x, top);
          pen.lineTo(x, top + height);
          pen.stroke();
          pen.restore();
        }] },
      }, [times, old, now], host);
      new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 160 })).observe(place);
    }
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const place of document.querySelectorAll('.chart[data-drawn]')) { place.replaceChildren(); delete place.dataset.drawn; }
    draw();
  });

  // A notice belongs to what was just done, not to the address.
  const here = new URL(location.href);
  if (here.searchParams.has('notice')) {
    here.searchParams.delete('notice');
    history.replaceState(null, '', here);
  }
  remember(document);
  listen();
  draw();
})();
