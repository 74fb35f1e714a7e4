/**
 * The page's style: the system's own colours, so that it is dark where the reader's system is. On a narrow screen, a
 * row is a card, and each cell has its label in front.
 */
export const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif;--line:color-mix(in srgb,CanvasText 20%,Canvas)}
html{background:Canvas;color:CanvasText}
body{max-width:72rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.1rem;margin:2rem 0 .4rem}
nav a{display:inline-block;padding:.3rem 1rem .3rem 0;color:light-dark(#0b57b0,#8ab8ff)}
:focus-visible{outline:2px solid currentColor;outline-offset:2px}
#summary{font-size:1.1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th[scope=row]{font-weight:400}
th[scope=col],.build{overflow-wrap:normal}
td.number,th.number{text-align:right;white-space:nowrap}
.address{min-width:8rem}
progress{width:8rem;max-width:100%;vertical-align:middle}
abbr{text-decoration:none;white-space:nowrap}
time{white-space:nowrap}
.bad .state,p.bad{color:light-dark(#a1260d,#ff9580)}.good .state{color:light-dark(#1a6b2f,#7ed491)}
.quiet{color:color-mix(in srgb,CanvasText 75%,Canvas)}
@media(max-width:45rem){
table,tbody,tbody tr,td,th[scope=row]{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody tr{border:1px solid var(--line);border-left-width:.3rem;border-radius:.3rem;padding:.4rem .7rem;margin-bottom:.6rem}
tr.bad{border-left-color:light-dark(#a1260d,#ff9580)}tr.good{border-left-color:light-dark(#1a6b2f,#7ed491)}
th,td{border:0;padding:.1rem 0}
th[scope=row]{font-weight:600}
td,td.number{position:relative;padding-left:5.5rem;min-height:1.5em;text-align:left}
td::before{position:absolute;left:0;content:attr(data-label);content:attr(data-label)/"";color:color-mix(in srgb,CanvasText 75%,Canvas)}
progress{width:100%}
}
`;

/** After any answer but 200, browsers give up (HTML, section 9.2.3); this long after, the page asks by itself, in milliseconds. */
const FOLLOW_AGAIN_MS = 5_000;

/**
 * What keeps the page up to date where scripts run, and makes its times the reader's own. The server sends what to
 * show; a part of it that is as it was stays as it is, so that nobody loses their place or what they selected.
 */
export const SCRIPT = `const main=document.querySelector('main');
const live=document.querySelector('#live');
const clock=new Intl.DateTimeFormat(undefined,{dateStyle:'medium',timeStyle:'medium'});
const shown=new Map();
for(const part of main.children)shown.set(part.id,part.outerHTML);
function makeLocal(root){
for(const time of root.querySelectorAll('time')){
const at=new Date(time.dateTime);
if(Number.isNaN(at.getTime()))continue;
time.title=time.textContent;
time.textContent=clock.format(at)}}
makeLocal(document);
function show(text){
const sent=document.createElement('template');
sent.innerHTML=text;
for(const part of [...sent.content.children]){
const source=part.outerHTML;
if(shown.get(part.id)===source)continue;
shown.set(part.id,source);
makeLocal(part);
document.getElementById(part.id).replaceWith(part)}}
function follow(){
const events=new EventSource('status/events');
events.addEventListener('page',event=>show(event.data));
events.addEventListener('open',()=>{live.textContent='live'});
events.addEventListener('error',()=>{
if(events.readyState!==EventSource.CLOSED){live.textContent='the server does not answer; trying again';return}
live.textContent='the server sends no updates for now; trying again';
setTimeout(ask,${FOLLOW_AGAIN_MS})})}
function ask(){
fetch(location.href,{method:'HEAD',headers:{accept:'text/html'}}).then(({status})=>{
if(status===401||status===403||status===404)live.textContent='no more updates; reload this page';
else follow()},()=>setTimeout(ask,${FOLLOW_AGAIN_MS}))}
follow();
`;
