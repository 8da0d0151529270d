"""What each address answers to a GET by each member of the cast. Rows are wenshui's, see world.arguments.

200 shown · 302 sent on · 403 not with this role or right · 404 outside the scope · 405 there, but by POST only ·
login: to the log-in page. A row is `name`, `name@variant` (other arguments) or `name?query`.
"""

_TABLE = """
page                                city off  wens xing feng outs sysa audi mama mam2 post anonymous
home                                200  302  200  200  200  200  200  200  200  200  403  login
search                              200  403  200  200  200  200  403  403  403  403  403  login
health                              200  200  200  200  200  200  200  200  200  200  200  200
account                             200  200  200  200  200  200  200  200  200  200  200  login
switch_post                         405  405  405  405  405  405  405  405  405  405  405  login
account_login                       302  302  302  302  302  302  302  302  302  302  302  200
account_request_login_code          302  302  302  302  302  302  302  302  302  302  302  200
account_confirm_login_code          302  302  302  302  302  302  302  302  302  302  302  302
enter_pin                           login  login  login  login  login  login  login  login  login  login  login  login
trust_phone                         403  403  403  403  403  403  403  403  200  403  403  login
stay                                405  405  405  405  405  405  405  405  405  405  405  login
sessions                            200  200  200  200  200  200  200  200  200  200  200  login
end_session                         405  405  405  405  405  405  405  405  405  405  405  login
forget_phone                        405  405  405  405  405  405  405  405  405  405  405  login
log_out_everywhere                  405  405  405  405  405  405  405  405  405  405  405  login
local_outbox                        200  200  200  200  200  200  200  200  200  200  200  200
account_logout                      200  200  200  200  200  200  200  200  200  200  200  login
account_change_password             200  200  200  200  200  200  200  200  200  200  200  login
account_reauthenticate              200  200  200  200  200  200  200  200  200  200  200  login
mfa_index                           200  200  200  200  200  200  200  200  200  200  200  login
mfa_authenticate                    302  302  302  302  302  302  302  302  302  302  302  login
mfa_reauthenticate                  302  302  302  302  302  302  302  302  302  302  302  login
mfa_activate_totp                   302  302  302  302  302  302  302  302  302  302  302  login
mfa_deactivate_totp                 404  404  404  404  404  404  404  404  404  404  404  login
mfa_view_recovery_codes             404  404  404  404  404  404  404  404  404  404  404  login
mfa_generate_recovery_codes         302  302  302  302  302  302  302  302  302  302  302  login
mfa_download_recovery_codes         404  404  404  404  404  404  404  404  404  404  404  login

children:list                       200  403  200  200  200  200  403  403  403  403  403  login
children:list?figure=unpaired       200  403  200  200  200  200  403  403  403  403  403  login
children:create                     403  403  200  200  200  200  403  403  403  403  403  login
children:import                     403  403  200  200  200  200  403  403  403  403  403  login
children:export                     200  403  200  200  200  200  403  403  403  403  403  login
matching:home                       403  403  200  200  200  200  403  403  403  403  403  login
matching:home?tab=differing         403  403  200  200  200  200  403  403  403  403  403  login
matching:ours                       403  403  200  302  302  302  403  403  403  403  403  login
matching:export                     403  403  200  302  302  302  403  403  403  403  403  login
matching:take                       403  403  405  405  405  405  403  403  403  403  403  login
matching:end                        403  403  405  405  405  405  403  403  403  403  403  login
children:detail                     200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=record          200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=needs           200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=pairings        200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=visits          200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=history         200  403  200  404  200  404  403  403  200  404  403  login
children:edit                       403  403  200  404  200  404  403  403  403  403  403  login
children:leave                      403  403  200  404  200  404  403  403  403  403  403  login
children:return                     403  403  405  405  405  405  403  403  403  403  403  login
children:add_need                   403  403  405  405  405  405  403  403  403  403  403  login
children:meet_need                  403  403  405  405  405  405  403  403  403  403  403  login
children:detail?tab=situations      200  403  200  404  200  404  403  403  200  404  403  login
children:detail?tab=concerns        200  403  200  404  200  404  403  403  200  404  403  login
children:list?figure=unclear        200  403  200  200  200  200  403  403  403  403  403  login
children:detail?tab=consent         200  403  200  404  200  404  403  403  200  404  403  login
children:detail@left                200  403  200  404  404  404  403  403  404  404  403  login
children:detail@erased              200  403  200  404  404  404  403  403  404  404  403  login
children:edit@left                  403  403  403  404  404  404  403  403  403  403  403  login
children:edit@erased                403  403  403  404  404  404  403  403  403  403  403  login
children:hold                       403  403  200  404  404  404  403  403  403  403  403  login
children:hold@erased                403  403  403  404  404  404  403  403  403  403  403  login
children:detail@merged              302  403  302  404  404  404  403  403  404  404  403  login
duplicates:list                     403  403  200  200  200  200  403  403  403  403  403  login
duplicates:list?state=not_same      403  403  200  200  200  200  403  403  403  403  403  login
duplicates:pair                     403  403  200  404  200  404  403  403  403  403  403  login
duplicates:not_same                 403  403  405  405  405  405  403  403  403  403  403  login
duplicates:list?state=merged        403  403  200  200  200  200  403  403  403  403  403  login
duplicates:pair@merged              403  403  200  404  200  404  403  403  403  403  403  login
duplicates:list?kind=volunteers     403  403  200  200  200  200  403  403  403  403  403  login
duplicates:pair@volunteers          403  403  200  404  200  404  403  403  403  403  403  login
duplicates:undo@volunteers          403  403  405  405  405  405  403  403  403  403  403  login
volunteers:detail@merged            302  403  302  404  302  404  403  403  403  403  403  login
volunteers:edit@merged              403  403  403  404  403  404  403  403  403  403  403  login
duplicates:undo                     403  403  405  405  405  405  403  403  403  403  403  login
duplicates:reopen                   403  403  405  405  405  405  403  403  403  403  403  login
todos:list                          200  403  200  200  200  200  403  403  403  403  403  login
todos:list?box=below                200  403  200  200  200  200  403  403  403  403  403  login
todos:list?box=decided              200  403  200  200  200  200  403  403  403  403  403  login
todos:list?kind=volunteer_term      200  403  200  200  200  200  403  403  403  403  403  login
todos:decide                        403  403  200  404  200  404  403  403  403  403  403  login
todos:decide@unknown                404  403  404  404  404  404  403  403  403  403  403  login
rounds:list                         200  403  200  200  200  200  403  403  403  403  403  login
rounds:create                       403  403  200  200  200  200  403  403  403  403  403  login
rounds:detail                       200  403  200  404  200  404  403  403  403  403  403  login
rounds:village                      403  403  200  404  200  404  403  403  403  403  403  login
rounds:answer                       403  403  200  404  200  404  403  403  403  403  403  login
rounds:remind                       403  403  405  405  405  405  403  403  403  403  403  login
rounds:close                        403  403  405  405  405  405  403  403  403  403  403  login
todos:decide_ticked                 405  403  405  405  405  405  403  403  403  403  403  login

transfers:list                      200  403  200  200  200  200  403  403  403  403  403  login
transfers:list?box=in               200  403  200  200  200  200  403  403  403  403  403  login
transfers:list?box=done             200  403  200  200  200  200  403  403  403  403  403  login
transfers:request                   403  403  200  200  200  200  403  403  403  403  403  login
transfers:request_row               403  403  405  405  405  405  403  403  403  403  403  login
transfers:offer                     403  403  200  404  403  404  403  403  403  403  403  login
transfers:detail                    200  403  200  404  200  404  403  403  403  403  403  login
transfers:detail@done               200  403  200  404  200  404  403  403  403  403  403  login
transfers:accept                    403  403  405  405  405  405  403  403  403  403  403  login
transfers:refuse                    403  403  405  405  405  405  403  403  403  403  403  login
transfers:withdraw                  403  403  405  405  405  405  403  403  403  403  403  login
children:consent                    403  403  200  404  200  404  403  403  403  403  403  login
children:consent@refused            403  403  200  404  200  404  403  403  403  403  403  login
children:consent_paper              403  403  200  404  200  404  403  403  403  403  403  login
children:consent_scan               403  403  200  404  200  404  403  403  403  403  403  login
children:consent@left               403  403  403  404  404  404  403  403  403  403  403  login
children:list?figure=retention      200  403  200  200  200  200  403  403  403  403  403  login
children:list?figure=unrecorded     200  403  200  200  200  200  403  403  403  403  403  login
children:texts                      200  403  200  200  200  200  403  403  403  403  403  login
children:needs                      200  403  200  200  200  200  403  403  403  403  403  login
children:needs?figure=met           200  403  200  200  200  200  403  403  403  403  403  login
children:needs_export               200  403  200  200  200  200  403  403  403  403  403  login
children:publish_text               403  403  200  403  403  403  403  403  403  403  403  login

volunteers:list                     200  403  200  200  200  200  403  403  403  403  403  login
volunteers:create                   403  403  200  200  200  200  403  403  403  403  403  login
volunteers:clearance                403  403  405  405  405  405  403  403  403  403  403  login
volunteers:import                   403  403  200  200  200  200  403  403  403  403  403  login
volunteers:import_clearances        403  403  200  200  200  200  403  403  403  403  403  login
volunteers:export                   200  403  200  200  200  200  403  403  403  403  403  login
volunteers:detail                   200  403  200  404  200  404  403  403  403  403  403  login
volunteers:detail?tab=pairings      200  403  200  404  200  404  403  403  403  403  403  login
volunteers:detail?tab=visits        200  403  200  404  200  404  403  403  403  403  403  login
volunteers:detail?tab=history       200  403  200  404  200  404  403  403  403  403  403  login
volunteers:edit                     403  403  200  404  200  404  403  403  403  403  403  login

proposals:list                      200  403  200  200  200  200  403  403  403  403  403  login
proposals:list?tab=left             200  403  200  200  200  200  403  403  403  403  403  login
proposals:list?tab=rejected         200  403  200  200  200  200  403  403  403  403  403  login
proposals:comparison                403  403  200  200  403  200  403  403  403  403  403  login
proposals:run                       403  403  405  405  405  405  403  403  403  403  403  login
proposals:confirm                   403  403  405  405  405  405  403  403  403  403  403  login
proposals:policy                    200  403  200  200  403  200  403  403  403  403  403  login
proposals:neighbours                403  403  200  200  403  200  403  403  403  403  403  login
proposals:lock                      403  403  405  405  405  405  403  403  403  403  403  login
proposals:reject                    403  403  200  404  200  404  403  403  403  403  403  login
proposals:choose                    403  403  200  404  200  404  403  403  403  403  403  login
proposals:choose_for                403  403  200  404  200  404  403  403  403  403  403  login
proposals:forget                    403  403  405  405  405  405  403  403  403  403  403  login
pairings:list                       200  403  200  200  200  200  403  403  403  403  403  login
pairings:list?figure=overdue        200  403  200  200  200  200  403  403  403  403  403  login
pairings:board                      200  403  200  200  200  200  403  403  403  403  403  login
pairings:map                        200  403  200  200  403  200  403  403  403  403  403  login
pairings:map?region=141121          200  403  200  200  403  200  403  403  403  403  403  login
pairings:candidates                 403  403  200  404  200  404  403  403  403  403  403  login
pairings:create                     403  403  200  404  200  404  403  403  403  403  403  login
pairings:create@far                 403  403  404  404  404  404  403  403  403  403  403  login
pairings:import                     403  403  200  200  200  200  403  403  403  403  403  login
pairings:export                     200  403  200  200  200  200  403  403  403  403  403  login
pairings:detail                     200  403  200  404  200  404  403  403  403  403  403  login
pairings:edit                       403  403  200  404  200  404  403  403  403  403  403  login
pairings:end                        403  403  200  404  200  404  403  403  403  403  403  login
pairings:main                       403  403  405  405  405  405  403  403  403  403  403  login
pairings:pause                      403  403  200  404  200  404  403  403  403  403  403  login
pairings:handover                   403  403  200  404  200  404  403  403  403  403  403  login
pairings:resume                     403  403  405  405  405  405  403  403  403  403  403  login
pairings:begin                      403  403  405  405  405  405  403  403  403  403  403  login
pairings:approval                   403  403  405  405  405  405  403  403  403  403  403  login
pairings:detail@approval            200  403  200  404  200  404  403  403  403  403  403  login
pairings:detail@waiting             200  403  200  404  200  404  403  403  403  403  403  login
pairings:rule                       200  403  200  200  200  200  403  403  403  403  403  login
pairings:agreement                  403  403  200  404  200  404  403  403  403  403  403  login
pairings:agreement_scan             403  403  200  404  200  404  403  403  403  403  403  login
pairings:card                       403  403  405  405  405  405  403  403  403  403  403  login
pairings:void_cards                 403  403  405  405  405  405  403  403  403  403  403  login
pairings:my_portrait                403  403  403  403  403  403  403  403  200  200  403  login
pairings:portrait                   403  403  200  404  200  404  403  403  403  403  403  login
pairings:portrait_picture           200  403  200  404  200  404  403  403  200  404  403  login
pairings:reports                    200  403  200  200  200  200  403  403  403  403  403  login
pairings:report                     403  403  405  405  405  405  403  403  403  403  403  login
check                               200  200  200  200  200  200  200  200  200  200  200  200
check@unknown                       404  404  404  404  404  404  404  404  404  404  404  404
check_picture                       200  200  200  200  200  200  200  200  200  200  200  200
check_report                        200  200  200  200  200  200  200  200  200  200  200  200
check_report@withdrawal             200  200  200  200  200  200  200  200  200  200  200  200
check_thanks                        200  200  200  200  200  200  200  200  200  200  200  200

care:duties                         200  403  200  200  200  200  403  403  403  403  403  login
care:duties?figure=overdue          200  403  200  200  200  200  403  403  403  403  403  login
care:excuse_ticked                  403  403  405  405  405  405  403  403  403  403  403  login
care:duty                           200  403  200  404  200  404  403  403  403  403  403  login
care:report                         403  403  200  404  200  404  403  403  403  403  403  login
care:calendar                       200  403  200  200  200  200  403  403  403  403  403  login
care:workload                       200  403  200  200  200  200  403  403  403  403  403  login
care:policy                         200  403  200  200  403  200  403  403  403  403  403  login
care:start                          405  403  405  405  405  405  403  403  403  403  403  login
care:pause                          405  403  405  405  405  405  403  403  403  403  403  login
visits:list                         200  403  200  200  200  200  403  403  200  200  403  login
visits:import                       403  403  200  200  200  200  403  403  403  403  403  login
visits:export                       200  403  200  200  200  200  403  403  403  403  403  login
visits:new                          403  403  200  200  200  200  403  403  200  200  403  login
visits:unreached                    403  403  403  403  403  403  403  403  405  405  403  login
visits:unsent                       403  403  403  403  403  403  403  403  200  200  403  login
visits:upload                       403  403  200  200  200  200  403  403  200  200  403  login
visits:photo                        403  403  200  404  200  404  403  403  200  404  403  login
visits:drop_photo                   405  403  405  405  405  405  403  403  405  405  403  login
offline_session                     403  403  403  403  403  403  403  403  200  200  403  login
service_worker                      200  200  200  200  200  200  200  200  200  200  200  200
manifest                            200  200  200  200  200  200  200  200  200  200  200  200
no_network                          200  200  200  200  200  200  200  200  200  200  200  200
visits:paper                        403  403  200  200  200  200  403  403  403  403  403  login
visits:draw                         403  403  200  200  200  200  403  403  403  403  403  login
visits:service                      403  403  403  403  403  403  403  403  200  200  403  login
visits:my_children                  403  403  403  403  403  403  403  403  200  200  403  login
visits:call                         403  403  403  403  403  403  403  403  405  405  403  login
visits:callbacks                    403  403  200  200  200  200  403  403  403  403  403  login
visits:arrange_callback             403  403  200  404  200  404  403  403  403  403  403  login
visits:callback_call                403  403  405  405  405  405  403  403  403  403  403  login
visits:callback_answer              403  403  405  405  405  405  403  403  403  403  403  login
visits:detail                       200  403  200  404  200  404  403  403  200  404  403  login
visits:correct                      403  403  403  404  403  404  403  403  200  404  403  login
visits:withdraw                     405  403  405  405  405  405  403  403  405  405  403  login
visits:situation                    403  403  405  405  405  405  403  403  403  403  403  login

concerns:list                       200  403  200  200  200  200  403  403  403  403  403  login
concerns:export                     200  403  200  200  200  200  403  403  403  403  403  login
concerns:list?figure=closed         200  403  200  200  200  200  403  403  403  403  403  login
concerns:mine                       200  403  200  200  200  200  403  403  200  200  403  login
concerns:new                        403  403  200  404  200  404  403  403  200  404  403  login
concerns:alarm                      403  403  200  404  200  404  403  403  200  404  403  login
concerns:reports                    403  403  200  403  403  403  403  403  403  403  403  login
concerns:report                     403  403  200  403  403  403  403  403  403  403  403  login
concerns:detail                     200  403  200  404  200  404  403  403  403  403  403  login
concerns:step                       403  403  405  405  405  405  403  403  403  403  403  login
questions:list                      200  403  200  200  200  200  403  403  200  200  403  login
questions:detail                    200  403  200  404  404  404  403  403  200  404  403  login
questions:specialists               403  403  200  200  403  200  403  403  403  403  403  login
questions:end_specialist            403  403  405  405  405  405  403  403  403  403  403  login

volunteers:invitable                403  403  200  200  200  200  403  403  403  403  403  login
volunteers:invite                   403  403  200  404  200  404  403  403  403  403  403  login
volunteers:invite_sheet             403  403  405  405  405  405  403  403  403  403  403  login

accounts:list                       200  403  200  200  200  200  200  403  403  403  403  login
accounts:list?figure=waiting        200  403  200  200  200  200  200  403  403  403  403  login
accounts:create                     200  403  200  200  200  200  200  403  403  403  403  login
accounts:invitations                200  403  200  200  200  200  200  403  403  403  403  login
accounts:sheet                      405  403  405  405  405  405  405  403  403  403  403  login
accounts:revoke                     405  403  405  405  405  405  405  403  403  403  403  login
accounts:import_chairs              403  403  200  200  200  200  403  403  403  403  403  login
accounts:detail                     200  403  200  404  404  404  200  403  403  403  403  login
accounts:detail@chair               200  403  200  404  200  404  200  403  403  403  403  login
accounts:invite                     405  403  405  405  405  405  405  403  403  403  403  login
accounts:close                      405  403  405  405  405  405  405  403  403  403  403  login
accounts:open                       405  403  405  405  405  405  405  403  403  403  403  login
accounts:second_factor              405  403  405  405  405  405  405  403  403  403  403  login
accounts:new_post                   200  403  200  404  404  404  200  403  403  403  403  login
accounts:end_post                   405  403  405  405  405  405  405  403  403  403  403  login
accounts:head                       405  403  405  405  405  405  405  403  403  403  403  login
accounts:succession                 403  403  200  404  200  404  403  403  403  403  403  login
join                                200  200  200  200  200  200  200  200  200  200  200  200
join@mama                           200  200  200  200  200  200  200  200  200  200  200  200
join@unknown                        404  404  404  404  404  404  404  404  404  404  404  404

apply:counties                      200  200  200  200  200  200  200  200  200  200  200  200
apply:page                          200  200  200  200  200  200  200  200  200  200  200  200
apply:status                        200  200  200  200  200  200  200  200  200  200  200  200
apply:status@returned               200  200  200  200  200  200  200  200  200  200  200  200
apply:status@unknown                404  404  404  404  404  404  404  404  404  404  404  404
teams:list                          200  403  200  200  200  200  403  403  403  403  403  login
teams:list?figure=open              200  403  200  200  200  200  403  403  403  403  403  login
teams:create                        200  403  200  200  403  200  403  403  403  403  403  login
teams:export                        200  403  200  200  403  200  403  403  403  403  403  login
teams:mine                          403  403  403  403  403  403  403  403  200  200  403  login
teams:detail                        200  403  200  404  404  404  403  403  403  403  403  login
teams:edit                          403  403  200  404  404  404  403  403  403  403  403  login
teams:add                           403  403  200  404  404  404  403  403  403  403  403  login
teams:close                         405  403  405  405  405  405  403  403  403  403  403  login
teams:remove                        405  403  405  405  405  405  403  403  403  403  403  login
organisations:list                  200  403  200  200  200  200  403  403  403  403  403  login
organisations:create                403  403  200  200  403  200  403  403  403  403  403  login
organisations:export                200  403  200  200  403  200  403  403  403  403  403  login
organisations:detail                200  403  200  404  404  404  403  403  403  403  403  login
organisations:edit                  403  403  200  404  404  404  403  403  403  403  403  login
organisations:add                   403  403  200  404  404  404  403  403  403  403  403  login
organisations:close                 405  403  405  405  405  405  403  403  403  403  403  login
organisations:remove                405  403  405  405  405  405  403  403  403  403  403  login
organisations:link                  405  403  405  405  405  405  403  403  403  403  403  login
organisations:claims                200  403  200  200  200  200  403  403  403  403  403  login
organisations:claims?box=open       200  403  200  200  200  200  403  403  403  403  403  login
organisations:claims?box=done       200  403  200  200  200  200  403  403  403  403  403  login
organisations:choose                403  403  200  200  403  200  403  403  403  403  403  login
organisations:claim                 200  403  200  404  404  404  403  403  403  403  403  login
organisations:confirm               405  403  405  405  405  405  403  403  403  403  403  login
organisations:refuse                405  403  405  405  405  405  403  403  403  403  403  login
organisations:take_back             405  403  405  405  405  405  403  403  403  403  403  login
reveal@organisation                 200  403  200  404  404  404  403  403  403  403  403  login
liaison                             200  200  200  200  200  200  200  200  200  200  200  200
liaison@unknown                     404  404  404  404  404  404  404  404  404  404  404  404
postings:list                       200  403  200  200  200  200  403  403  403  403  403  login
postings:create                     200  403  403  403  403  403  403  403  403  403  403  login
postings:edit                       200  403  404  404  404  404  403  403  403  403  403  login
postings:post                       200  403  404  404  404  404  403  403  403  403  403  login
postings:clear                      405  403  405  405  405  405  403  403  403  403  403  login
postings:end                        405  403  405  405  405  405  403  403  403  403  403  login
volunteers:detail?tab=groups        200  403  200  404  200  404  403  403  403  403  403  login

recruitment:list                    200  403  200  200  200  200  403  403  403  403  403  login
recruitment:list?figure=pending     200  403  200  200  200  200  403  403  403  403  403  login
recruitment:detail                  200  403  200  404  200  404  403  403  403  403  403  login
recruitment:decide                  403  403  405  405  405  405  403  403  403  403  403  login
recruitment:page                    403  403  200  200  403  200  403  403  403  403  403  login
recruitment:wishes                  403  403  403  403  403  403  403  403  200  200  403  login
recruitment:add_certificate         403  403  405  405  405  405  403  403  403  403  403  login
recruitment:drop_certificate        403  403  405  405  405  405  403  403  403  403  403  login
volunteers:detail?tab=certificates  200  403  200  404  200  404  403  403  403  403  403  login
reveal@certificate                  200  403  200  404  200  404  403  403  403  403  403  login
recruitment:poster                  403  403  200  200  200  200  403  403  403  403  403  login
reveal@application                  200  403  200  404  200  404  403  403  403  403  403  login

reports:dashboard                   200  200  200  200  200  200  403  403  403  403  403  login
reports:dashboard?region=1411       200  200  404  404  404  404  403  403  403  403  403  login
reports:dashboard?region=141121     200  200  200  404  404  404  403  403  403  403  403  login
reports:dashboard?region=141121100  200  200  200  404  200  404  403  403  403  403  403  login
reports:dashboard?region=140105     404  404  404  404  404  200  403  403  403  403  403  login
reports:coverage                    200  200  200  200  200  200  403  403  403  403  403  login
reports:coverage?region=141121      200  200  200  404  404  404  403  403  403  403  403  login

privacy                             200  200  200  200  200  200  200  200  200  200  200  200
rights:list                         200  403  200  200  200  200  403  403  403  403  403  login
rights:list?figure=done             200  403  200  200  200  200  403  403  403  403  403  login
rights:new                          403  403  200  404  200  404  403  403  403  403  403  login
rights:new@volunteer                403  403  200  404  200  404  403  403  403  403  403  login
rights:new@left                     403  403  200  404  404  404  403  403  403  403  403  login
rights:new@erased                   403  403  403  404  404  404  403  403  403  403  403  login
rights:new@user                     403  403  404  404  404  404  403  403  403  403  403  login
rights:detail                       200  403  200  404  200  404  403  403  403  403  403  login
rights:close                        403  403  405  405  405  405  403  403  403  403  403  login
rights:erase                        403  403  200  404  403  404  403  403  403  403  403  login
rights:certificate                  200  403  200  404  200  404  403  403  403  403  403  login

imports:home                        403  403  200  200  200  200  403  403  403  403  403  login
imports:detail                      403  403  200  404  404  404  403  403  403  403  403  login
imports:detail?status=rejected      403  403  200  404  404  404  403  403  403  403  403  login
imports:mapping                     403  403  405  405  405  405  403  403  403  403  403  login
imports:sheet                       403  403  405  405  405  405  403  403  403  403  403  login
imports:policy                      403  403  405  405  405  405  403  403  403  403  403  login
imports:row                         403  403  200  404  404  404  403  403  403  403  403  login
imports:row@rejected                403  403  200  404  404  404  403  403  403  403  403  login
imports:absent                      403  403  200  404  404  404  403  403  403  403  403  login
imports:confirm                     403  403  405  405  405  405  403  403  403  403  403  login
imports:abandon                     403  403  405  405  405  405  403  403  403  403  403  login
imports:detail@done                 403  403  200  404  404  404  403  403  403  403  403  login
imports:detail@busy                 403  403  200  404  404  404  403  403  403  403  403  login
imports:progress                    403  403  200  404  404  404  403  403  403  403  403  login
imports:progress?line               403  403  200  404  404  404  403  403  403  403  403  login
imports:retry                       403  403  405  405  405  405  403  403  403  403  403  login
imports:undo                        403  403  200  404  404  404  403  403  403  403  403  login
imports:template                    403  403  200  200  200  200  403  403  403  403  403  login
imports:template@chairs             403  403  200  200  200  200  403  403  403  403  403  login
imports:template@unknown            403  403  404  404  404  404  403  403  403  403  403  login
imports:audit                       403  403  403  403  403  403  403  200  403  403  403  login
imports:rejected                    403  403  200  404  404  404  403  403  403  403  403  login

exports:list                        200  403  200  200  200  200  403  403  403  403  403  login
exports:detail                      403  403  200  404  200  404  403  403  403  403  403  login
exports:progress                    403  403  200  404  200  404  403  403  403  403  403  login
exports:decision                    405  403  405  405  405  405  403  403  403  403  403  login
exports:download                    405  403  405  405  405  405  403  403  403  403  403  login
exports:revoke                      405  403  405  405  405  405  403  403  403  403  403  login
document                            403  403  200  404  200  404  403  403  403  403  403  login
document@card                       403  403  200  404  200  404  403  403  403  403  403  login
document@agreement                  403  403  200  404  200  404  403  403  403  403  403  login
document@unknown                    403  403  404  404  404  404  403  403  403  403  403  login

templates:list                      403  403  200  200  403  200  403  403  403  403  403  login
templates:edit                      403  403  200  200  403  200  403  403  403  403  403  login
templates:edit@unknown              403  403  404  404  403  404  403  403  403  403  403  login
templates:file                      403  403  200  200  403  200  403  403  403  403  403  login
templates:reset                     403  403  405  405  403  405  403  403  403  403  403  login

audit:entry                         403  403  403  403  403  403  403  200  403  403  403  login
audit:person                        403  403  200  403  403  403  403  200  403  403  403  login
audit:account                       403  403  403  403  403  403  403  200  403  403  403  login
audit:verify                        403  403  403  403  403  403  403  405  403  403  403  login
audit:report                        403  403  200  403  403  403  403  200  403  403  403  login
audit:report?region=140105          403  403  404  403  403  403  403  200  403  403  403  login
audit:report_file                   403  403  200  403  403  403  403  200  403  403  403  login

notify:channels                     200  403  200  200  200  200  403  403  200  200  403  login
channels:home                       200  403  200  200  403  200  403  403  403  403  403  login
channels:again                      405  403  405  405  405  405  403  403  403  403  403  login
notify:feedback                     200  200  200  200  200  200  403  403  200  200  403  login
notify:handled                      403  403  405  405  405  405  403  403  403  403  403  login
notify:inbox                        200  200  200  200  200  200  200  200  200  200  200  login
notify:outbox                       403  403  403  403  403  403  200  403  403  403  403  login
notify:open                         405  405  405  405  405  405  405  405  405  405  405  login

reveal                              200  403  200  404  200  404  403  403  403  403  403  login
conceal                             200  403  200  404  200  404  403  403  403  403  403  login
reveal@child                        200  403  200  404  200  404  403  403  403  403  403  login
reveal@parent                       200  403  200  404  200  404  403  403  403  403  403  login
reveal@left                         403  403  403  404  404  404  403  403  403  403  403  login
reveal@asker                        200  403  200  404  200  404  403  403  403  403  403  login
reveal@volunteer                    200  403  200  404  200  404  403  403  403  403  403  login
reveal@pairing                      200  403  200  404  200  404  403  403  403  403  403  login
reveal@name                         404  403  404  404  404  404  403  403  403  403  403  login
reveal@user                         404  403  404  404  404  404  403  403  403  403  403  login
"""

USERS = (
    "city", "official", "wenshui", "xingxian", "fengcheng", "outsider", "sysadmin", "auditor", "mama", "mama2",
    "postless", "anonymous",
)  # fmt: skip


def _parsed() -> dict[str, dict[str, str]]:
    lines = [line.split() for line in _TABLE.strip().splitlines() if line.strip()]
    short = [name[: len(head)] for name, head in zip(USERS, lines[0][1:], strict=True)]
    assert [head.replace("mam2", "mama") for head in lines[0][1:]] == short, "columns and users differ"
    return {row[0]: dict(zip(USERS, row[1:], strict=True)) for row in lines[1:]}


EXPECTED = _parsed()


def pages_of(who: str) -> list[str]:
    """Return the rows of the table whose page the user is shown."""
    return [row for row, by_user in EXPECTED.items() if by_user[who] == "200"]
