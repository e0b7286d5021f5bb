# What an administrator sets up in Redmine, and what stands in the manual. Says the keys of our account and of another.
Setting.rest_api_enabled = '1'
Setting.attachment_max_size = 2048
admin = User.find_by_login('admin')
admin.must_change_passwd = false
admin.save!
# Public, so that a wrong key reads as anybody does.
project = Project.create!(name: 'Incidentes', identifier: 'incidentes', is_public: true, trackers: Tracker.all,
                          enabled_module_names: ['issue_tracking'])
['External ID', 'Call ID', 'Caller Number', 'Institution Code', 'Severity', 'First Response Due', 'First Response At',
 'ETA'].each do |name|
  field = IssueCustomField.new(name: name, field_format: name == 'Severity' ? 'list' : 'string', is_for_all: true,
                               is_filter: name == 'External ID', visible: true)
  field.possible_values = %w[critical major general] if name == 'Severity'
  field.trackers = Tracker.all
  field.save!
end
role = Role.create!(name: 'Line', permissions: %i[view_issues add_issues edit_issues add_issue_notes view_private_notes
                                                  set_notes_private manage_issue_relations])
role.copy_workflow_rules(Role.find_by_name('Manager'))
user = User.new(firstname: 'IVR', lastname: 'Bot', mail: 'ivr-bot@hotline.test', language: 'es')
user.login = 'ivr-bot'
user.password = user.password_confirmation = 'ivr-secret-1'
user.save!
Member.create!(project: project, user: user, roles: [role])
puts "keys #{user.api_key} #{admin.api_key}"
